// Orders that nobody should ever send, and bodies that are none.
import { address, twoLines } from "./samples.ts"

export type Row = readonly [what: string, body: unknown, status?: number, headers?: Readonly<Record<string, string>>]

const line = { sku: "WIDGET-001", quantity: 1 }
const utf8 = new TextEncoder()
export const unsoundId = "ord_00000000000000000000000000000000000000000000"

function order(fields: object): object {
  return { ...twoLines, ...fields }
}

function lines(...items: readonly unknown[]): object {
  return order({ items })
}

function without(field: keyof typeof twoLines): object {
  return Object.fromEntries(Object.entries(twoLines).filter(([name]) => name !== field))
}

const raw = JSON.stringify(twoLines)

export const unreadable: readonly Row[] = [
  ["no body", undefined],
  ["an empty body", ""],
  ["blanks", "   "],
  ["half a body", raw.slice(0, -1)],
  ["more than one value", `${raw}${raw}`],
  ["a trailing comma", raw.replace("}]", "},]")],
  ["single quotes", raw.replaceAll('"', "'")],
  ["a comment", `/* */${raw}`],
  ["NaN", raw.replace("2", "NaN")],
  ["a bare word", "order"],
  ["null", "null"],
  ["a number", "7"],
  ["a string", '"order"'],
  ["an array", "[]"],
  ["an array of orders", `[${raw}]`],
  ["a field twice", `${raw.slice(0, -1)},"customerId":"cust_bob"}`],
  ["a field twice, once escaped", `${raw.slice(0, -1)},"customer\\u0049d":"cust_bob"}`],
  ["a field of a line twice", raw.replace('"quantity":2', '"quantity":2,"quantity":1')],
  ["no end of arrays", "[".repeat(60_000)],
  ["deep arrays", `${"[".repeat(5_000)}${"]".repeat(5_000)}`],
  ["deep objects", `${'{"a":'.repeat(40)}1${"}".repeat(40)}`],
  ["a number beyond all numbers", raw.replace('"quantity":2', '"quantity":1e999')],
  ["a whole number that isn't exact", raw.replace('"quantity":2', '"quantity":9007199254740993')],
  ["a price with more digits than count", raw.replace('"quantity":2', '"quantity":2,"price":29.990000000000000001')],
  ["bytes that are not UTF-8", Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)],
  ["an overlong slash", Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
  ["UTF-16", Uint8Array.from(raw.split("").flatMap((character) => [character.charCodeAt(0), 0]))],
  ["half a character", utf8.encode(raw.replace("cust_alice", "é")).slice(0, -60)],
  ["64 KiB and a byte", `${raw}${" ".repeat(64 * 1_024 + 1 - raw.length)}`, 413],
  ["a megabyte", "x".repeat(1_048_576), 413],
  ["a megabyte that says it is small", "x".repeat(1_048_576), 413, { "Content-Length": "10" }],
  ["a small body that says it is large", raw, 413, { "Content-Length": "65537" }],
  ["no content type", raw, 415, { "Content-Type": "" }],
  ["plain text", raw, 415, { "Content-Type": "text/plain" }],
  ["a form", "a=b", 415, { "Content-Type": "application/x-www-form-urlencoded" }],
  ["a multipart form", raw, 415, { "Content-Type": "multipart/form-data; boundary=x" }],
  ["a type that only begins well", raw, 415, { "Content-Type": "application/jsonp" }],
  ["another charset", raw, 415, { "Content-Type": "application/json; charset=utf-16" }],
  ["a compressed body", raw, 415, { "Content-Encoding": "gzip" }],
]

export const orders: readonly Row[] = [
  ...(["customerId", "items", "shippingAddress"] as const).map((field): Row => [`no ${field}`, without(field)]),
  ["an unknown field", order({ colour: "red" })],
  ["a total of its own", order({ total: 1 })],
  ["a status of its own", order({ status: "paid" })],
  ["a prototype", `${raw.slice(0, -1)},"__proto__":{"role":"admin"}}`],
  ["a constructor", order({ constructor: { prototype: {} } })],
  ["markup as a field", order({ "<script>alert(1)</script>": 1 })],
  ...[
    "",
    " ",
    "a b",
    "a/b",
    "../x",
    "a\\b",
    "a\u0000b",
    "a\nb",
    "ord_x",
    unsoundId,
    "~key",
    "é",
    "🙂",
    "x".repeat(129),
  ].map((customerId): Row => [`customer ${JSON.stringify(customerId).slice(0, 20)}`, order({ customerId })]),
  ...[7, null, true, [], {}, ["cust_alice"]].map((customerId): Row => [
    "a customer that is no text",
    order({ customerId }),
  ]),
  ...[null, {}, "", 7, [], [[]], [null], ["WIDGET-001"], [7]].map((items): Row => [
    `items ${JSON.stringify(items)}`,
    order({ items }),
  ]),
  ["101 lines", lines(...Array.from({ length: 101 }, () => line))],
  [
    "lines with too much text",
    lines(
      ...Array.from({ length: 100 }, () => ({ ...line, name: "é".repeat(100), price: 1 })).map((each, index) => ({
        ...each,
        name: `${"漢".repeat(96)}${index}`,
      })),
    ),
  ],
  ["a line without SKU", lines({ quantity: 1 })],
  ["a line without quantity", lines({ sku: "WIDGET-001" })],
  ["a line with a discount", lines({ ...line, discount: 1 })],
  ...[0, -1, 0.5, 1.000001, 1_000_001, 1e15, "1", null, true, [1], {}].map((quantity): Row => [
    `quantity ${JSON.stringify(quantity)}`,
    lines({ ...line, quantity }),
  ]),
  ...[-0.01, -1, 0.001, 29.999, 1e-7, 1_000_000.01, 1e15, "29.99", null, true, [29.99], {}].map((price): Row => [
    `price ${JSON.stringify(price)}`,
    lines({ ...line, price }),
  ]),
  ...["", " ", "a/b", "a b", "../..", "-a", "a\u0000", "a~b", "é", "x".repeat(65), "<b>", "%2e"].map((sku): Row => [
    `SKU ${JSON.stringify(sku).slice(0, 20)}`,
    lines({ ...line, sku }),
  ]),
  ...[7, null, {}, ["WIDGET-001"]].map((sku): Row => ["a SKU that is no text", lines({ ...line, sku })]),
  ...["", " ", "a\u0000", "a\u001b[31m", "x".repeat(101), "\ud800", 7, null].map((name): Row => [
    `name ${JSON.stringify(name).slice(0, 20)}`,
    lines({ ...line, name }),
  ]),
  ...[null, "1 Main St", [], {}].map((shippingAddress): Row => ["no address", order({ shippingAddress })]),
  ...Object.keys(address).flatMap((field): Row[] => [
    [`an address without ${field}`, order({ shippingAddress: { ...address, [field]: undefined } })],
    [`a blank ${field}`, order({ shippingAddress: { ...address, [field]: " " } })],
    [`${field} as a number`, order({ shippingAddress: { ...address, [field]: 7 } })],
    [`${field} without end`, order({ shippingAddress: { ...address, [field]: "x".repeat(201) } })],
    [`${field} with half a character`, order({ shippingAddress: { ...address, [field]: "\udc00" } })],
  ]),
  ["an address with more", order({ shippingAddress: { ...address, country2: "US" } })],
  ...["", "usd", "US", "USDX", "XTS", "ZZZ", "$", 840, null].map((currency): Row => [
    `currency ${JSON.stringify(currency)}`,
    order({ currency }),
  ]),
  ...["", "serial", "PARALLEL", null, 1].map((flow): Row => [`flow ${JSON.stringify(flow)}`, order({ flow })]),
  ...["true", 1, null].map((allowPartial): Row => [
    `allowPartial ${JSON.stringify(allowPartial)}`,
    order({ allowPartial }),
  ]),
  ...["", "x".repeat(65), "a\u0000", 7, null, {}].map((paymentMethod): Row => [
    `paymentMethod ${JSON.stringify(paymentMethod).slice(0, 20)}`,
    order({ paymentMethod }),
  ]),
  ...[null, "none", [], { payment: "explode" }, { payment: null }, { carrier: "none" }, { payment: ["none"] }].map(
    (simulate): Row => [`simulate ${JSON.stringify(simulate)}`, order({ simulate })],
  ),
  ["partial fulfilment", order({ allowPartial: true }), 422],
  ["an unknown SKU", lines({ sku: "NOPE", quantity: 1, price: 1 }), 422],
  ...["", " ", '"', '""', '"a', 'a"b', "a b", "a,b", "x".repeat(256), `"${"x".repeat(256)}"`, "é"].map((key): Row => [
    `idempotency key ${key.slice(0, 20)}`,
    twoLines,
    400,
    { "Idempotency-Key": key },
  ]),
]
