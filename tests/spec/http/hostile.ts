// What callers should never send, over every route, with the status that says so.
import { orders, unreadable, unsoundId, type Row } from "./hostileOrders.ts"

export interface Hostile {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

function post(path: string, rows: readonly Row[], method = "POST"): Hostile[] {
  return rows.map(([what, body, status = 400, headers]) => ({
    what,
    method,
    path,
    status,
    body,
    ...(headers === undefined ? {} : { headers }),
  }))
}

const references = [
  "ord_",
  "ord_x",
  unsoundId,
  `${unsoundId}0`,
  "ord_%00",
  "%2e%2e%2fx",
  "a%2Fb",
  "a%20b",
  "%ff",
  "x".repeat(129),
  "nobody",
]
const skus = ["NOPE", "a%2Fb", "%00", "x".repeat(65), "%F0%9F%99%82", "__proto__", "level"]
const queries = [
  "limit=0",
  "limit=201",
  "limit=-1",
  "limit=1.5",
  "limit=ten",
  "limit=",
  "limit=1&limit=2",
  "limit=1e2",
  "limit=999999999999",
  "cursor=x",
  "cursor=",
  "cursor=%00",
  "cursor=e30",
  "cursor=a&cursor=b",
  `cursor=${"a".repeat(2_000)}`,
]

/** What the monitor is asked for. */
const searches = [
  ...[
    "",
    "all",
    "SHIPPED",
    "__proto__",
    "constructor",
    "placed,shipped",
    "placed&status=paid",
    "%00",
    "%3Cscript%3E",
  ].map((status) => `status=${status}`),
  ...["", "all", "ATTENTION", "__proto__", "attention&view=overdue"].map((view) => `view=${view}`),
  ...["", "0", "yesterday", "2026-13-01", "2026-02-30", "20260101", "2026-01-01T25:00:00Z", "%00"].map(
    (since) => `since=${since}`,
  ),
  ...["", "x", unsoundId, "ord_", "%00", `${unsoundId}&orderId=x`].map((orderId) => `orderId=${orderId}`),
  ...["", "%00", "a/b", "x".repeat(129), "a&customerId=b"].map((customerId) => `customerId=${customerId}`),
  ...["", "%00", "a b", "x".repeat(65), "A&sku=B"].map((sku) => `sku=${sku}`),
  ...["", "%00", "x".repeat(129), "a&paymentId=b"].map((paymentId) => `paymentId=${paymentId}`),
  ...["", "%00", "x".repeat(129), "a&trackingNumber=b"].map((number) => `trackingNumber=${number}`),
]
const windows = [
  ...[
    "",
    "0m",
    "1",
    "h",
    "1w",
    "1H",
    "-1h",
    "1.5h",
    "1e3m",
    "401d",
    "99999d",
    "999999m",
    "1h&window=2h",
    "%00",
    "1h%20",
  ],
  "%3Cscript%3E",
]

const reads: readonly Hostile[] = [
  ...references.flatMap((ref) =>
    ["", "/saga", "/why", "/books", "/notifications", "/trace"].map((tail) => get(`/orders/${ref}${tail}`, 404)),
  ),
  ...references.flatMap((ref) => [get(`/shipping/${ref}`, 404), get(`/payments/${ref}`, 404)]),
  ...skus.map((sku) => get(`/inventory/${sku}`, 404)),
  ...["x", "a%2Fb", "%00", "NOPE1234", "x".repeat(65)].map((number) => get(`/shipping/track/${number}`, 404)),
  ...["/inventory", "/customers/cust_alice/orders", "/dead-letters", "/sagas"].flatMap((path) =>
    queries.map((query) => get(`${path}?${query}`, 400)),
  ),
  ...["", "shipped,paid", "SHIPPED", "all", "shipped&status=paid"].map((status) =>
    get(`/customers/cust_alice/orders?status=${status}`, 400),
  ),
  ...["ord_x", unsoundId, "a%2Fb", "%00", "x".repeat(129)].map((id) => get(`/customers/${id}/orders`, 404)),
  ...["orderId=x", "service=%00", "type=a/b", "service=a&service=b", `type=${"x".repeat(65)}`].map((query) =>
    get(`/dead-letters?${query}`, 400),
  ),
  ...searches.map((query) => get(`/sagas?${query}`, 400)),
  ...windows.map((window) => get(`/figures?window=${window}`, 400)),
  ...["/nope", "/orders/a/b/c", "/orders/cust_alice/nope", "/inventory/a/b", "//", "/orders/", "/.env"].map((path) =>
    get(path, 404),
  ),
  ...(
    [
      ...["PUT /orders", "GET /orders", "PATCH /orders/x", "PUT /inventory", "DELETE /inventory/x", "POST /health"],
      ...["POST /sagas", "DELETE /figures", "POST /alerts", "PUT /metrics", "GET /admin/monitor/rebuild"],
      ...["POST /orders/x/trace", "GET /webhooks/payments", "PUT /webhooks/carrier"],
    ] as const
  ).map((route): Hostile => {
    const [method = "", path = ""] = route.split(" ")
    return { what: "a method that is none of its", method, path, status: 405 }
  }),
]

function get(path: string, status: number): Hostile {
  return { what: "a look", method: "GET", path, status }
}

const stock: readonly Row[] = [
  ["nothing", undefined],
  ["no quantity", {}],
  ...[0, -1, 0.5, 1_000_001, "5", null, true, [5], 1e15].map((quantity): Row => [
    `quantity ${JSON.stringify(quantity)}`,
    { quantity },
  ]),
  ["more than a quantity", { quantity: 5, price: 1 }],
  ["a form", "quantity=5", 415, { "Content-Type": "application/x-www-form-urlencoded" }],
]

const reasons: readonly Row[] = [
  ["a reason that is no text", { reason: 7 }],
  ["a blank reason", { reason: " " }],
  ["a reason without end", { reason: "x".repeat(501) }],
  ["a reason with a control character", { reason: "\u0007" }],
  ["more than a reason", { reason: "late", refund: true }],
  ["a list", []],
  ["text", '"late"'],
]

const resolutions: readonly Row[] = [
  ["nothing", {}],
  ["no reason", { action: "retry" }],
  ["no action", { reason: "because" }],
  ["an unknown action", { action: "delete", reason: "because" }],
  ["an unknown step", { action: "accept", reason: "because", step: "customer" }],
  ["an unknown outcome", { action: "accept", reason: "because", outcome: "maybe" }],
  ["a crooked amount", { action: "accept", reason: "because", amount: 1.005 }],
]

const letters: readonly Row[] = [
  ["an event that is no object", { event: "data" }],
  ["an event that is a list", { event: [] }],
  ["an event without data", { event: { specversion: "1.0", data: 7 } }],
  ["more than an event", { event: {}, force: true }],
]

const cells = [
  "Nobody/any-0",
  "Order/any-9999",
  "Order/a%2Fb",
  "Order/%00",
  "__proto__/any-0",
  `Order/${"x".repeat(200)}`,
]

const restores: readonly Row[] = [
  ["no time", { reason: "because" }],
  ["a time to come", { reason: "because", at: "2999-01-01T00:00:00Z" }],
  ["a time of another kind", { reason: "because", at: 1_700_000_000 }],
  ["a time that is none", { reason: "because", at: "yesterday" }],
  ["a day that is none", { reason: "because", at: "2025-02-30T00:00:00Z" }],
  ["a time that can't be gone back to", { reason: "because", at: "1970-01-01T00:00:00Z" }, 422],
]

const sealed = {
  "webhook-id": "msg_1",
  "webhook-timestamp": "1767225600",
  "webhook-signature": `v1,${"A".repeat(43)}=`,
}

/** Who can't sign is told nothing else: not whether the body was sound. */
const webhooks: readonly Row[] = [
  ["no signature", { type: "label.delivered" }, 401],
  ["a signature of nobody's", { type: "label.delivered" }, 401, sealed],
  ["a signature of nobody's under nothing", undefined, 401, sealed],
  ["a signature of nobody's under no JSON", "{", 401, sealed],
  ["a signature of nobody's under a form", "a=b", 401, { ...sealed, "Content-Type": "text/plain" }],
  ["a signature without a time", "{}", 401, { ...sealed, "webhook-timestamp": "" }],
  ["a signature that is too old", "{}", 401, { ...sealed, "webhook-timestamp": "1" }],
  ["a token in the signature's place", "{}", 401, { Authorization: "Bearer x" }],
  ["more than a body may hold", "x".repeat(70_000), 413, sealed],
]

export const hostile: readonly Hostile[] = [
  ...post("/admin/cells/Order/any-0/reincarnate", [...reasons, ["no reason", {}]]),
  ...post("/admin/cells/Order/any-0/restore", restores),
  ...cells.flatMap((cell) => [
    ...post(`/admin/cells/${cell}/reincarnate`, [["its object", { reason: "because" }, 404]]),
    ...post(`/admin/cells/${cell}/restore`, [["its object", { reason: "because", at: "2025-01-01T00:00:00Z" }, 404]]),
  ]),
  ...post("/webhooks/payments", webhooks),
  ...post("/webhooks/carrier", webhooks),
  ...post("/webhooks/nobody", [["its path", {}, 404]]),
  ...post("/orders", unreadable),
  ...post("/orders", orders),
  ...reads,
  ...post("/inventory/WIDGET-001/add", stock),
  ...["a%2Fb", "%00", "x".repeat(65), "a%20b"].flatMap((sku) =>
    post(`/inventory/${sku}/add`, [["its SKU", { quantity: 1 }]]),
  ),
  ...post("/orders/cust_alice", reasons, "DELETE"),
  ...references.flatMap((ref) => [
    ...post(`/orders/${ref}`, [["its reference", undefined, 404]], "DELETE"),
    ...post(`/orders/${ref}/deliver`, [["its reference", undefined, 404]]),
    ...post(`/orders/${ref}/resolve`, [["its reference", { action: "retry", reason: "because" }, 404]]),
  ]),
  ...["7", '"7', "*, *", "W/7", ""].map((tag): Hostile => ({
    what: `If-Match ${tag}`,
    method: "DELETE",
    path: "/orders/cust_alice",
    status: 400,
    headers: { "If-Match": tag },
  })),
  ...post("/orders/cust_alice/resolve", resolutions),
  ...post("/dead-letters/known/redrive", letters),
  ...post("/dead-letters/known/discard", reasons),
  ...post("/dead-letters/known/discard", [["no reason", {}]]),
  ...post("/dead-letters/unknown/discard", [["its id", { reason: "old" }, 404]]),
  ...post("/dead-letters/unknown/redrive", [["its id", undefined, 404]]),
  ...post(`/dead-letters/${"x".repeat(500)}/redrive`, [["its id", undefined, 404]]),
]
