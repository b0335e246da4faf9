/** Defences of the choreography, switched off one by one, and together where one hides another's absence. */
import { senderOf, split } from "../../../choreography/address.ts"
import { Cell } from "../../../choreography/cell.ts"
import { UncertainFailure } from "../../../choreography/errors.ts"
import { Outgoing } from "../../../choreography/outgoing.ts"
import { Receiver } from "../../../choreography/receive.ts"
import { Store, type StoredThread } from "../../../choreography/store.ts"
import type { Thread } from "../../../choreography/thread.ts"
import { contentHash, type Delivery, type Receipt } from "../../../choreography/wire.ts"
import type { Work } from "../../../choreography/work.ts"
import { Instance } from "../platform/instance.ts"
import { Outside } from "../platform/outside.ts"
import { type Method, replacing } from "./mutant.ts"

export const nothing = replacingBy(() => undefined)

function replacingBy(by: () => unknown): (original: Method) => Method {
  return () => by
}

/** Changes what is read from the rows. */
export function forgets(part: (thread: Thread) => void): () => () => void {
  return replacing(
    Store.prototype,
    "load",
    (load) =>
      function (this: unknown, ...values) {
        const stored = load.apply(this, values) as StoredThread | null
        if (stored !== null) part(stored.thread)
        return stored
      },
  )
}

/** Makes the receiver see a position as its stream's next one. */
export function receivesAsNext(when: (upTo: number, position: number) => boolean): () => () => void {
  return replacing(
    Receiver.prototype,
    "receive",
    (receive) =>
      function (this: unknown, ...values) {
        // The method's own arguments.
        const [work, delivery] = values as unknown as [Work, Delivery]
        const key = delivery.target.slice(delivery.target.indexOf("/") + 1)
        const stream = work.thread(key).thread.ins[delivery.stream]
        const upTo = stream?.upTo ?? 0
        if (when(upTo, delivery.position)) {
          work.thread(key).thread.ins[delivery.stream] = {
            parked: [],
            ...stream,
            upTo: delivery.position - 1,
            hashes: {},
            early: [],
          }
        }
        return receive.apply(this, values)
      },
  )
}

export function owes(change: (receipt: Receipt) => Receipt): () => () => void {
  return replacing(
    Outgoing.prototype,
    "owe",
    (owe) =>
      function (this: unknown, ...values) {
        // The method's own arguments.
        const [key, receipt] = values as unknown as [string, Receipt]
        return owe.call(this, ...([key, change(receipt)] as never[]))
      },
  )
}

/** A sender takes everything up to a position for received, whatever was said there. */
export const receivedByPosition = replacing(
  Receiver.prototype,
  "acknowledge",
  (acknowledge) =>
    function (this: unknown, ...values) {
      // The method's own arguments.
      const [work, receipt] = values as unknown as [Work, Receipt]
      const { thread } = work.thread(split(senderOf(receipt.stream))?.key ?? "")
      const hashes = (thread.outs[receipt.reader]?.rows ?? []).flatMap(({ position, event }): Receipt["hashes"] => {
        const said = thread.events[event]
        return said === undefined || position > receipt.upTo ? [] : [[position, contentHash(said)]]
      })
      return acknowledge.call(this, ...([work, { ...receipt, hashes }] as never[]))
    },
)

/** What was sent is taken for received: the sender tells itself so. */
export const sentIsReceived = replacing(
  Instance.prototype,
  "send",
  (send) =>
    async function (this: unknown, ...values) {
      await send.apply(this, values)
      // The method's own `this` and arguments.
      const instance = this as Instance
      // The method's own arguments.
      const bundles = values[1] as unknown as readonly string[]
      if (!instance.isAlive) return
      for (const bundle of bundles) {
        for (const { stream, target, position, event } of JSON.parse(bundle) as Delivery[]) {
          const hashes: Receipt["hashes"] = [[position, contentHash(event)]]
          instance.cell.receipts([{ stream, reader: target, upTo: position, early: [], parked: [], hashes }])
        }
      }
      instance.host.commit(instance)
    },
)

export const alarmServesNobody = replacing(
  Store.prototype,
  "dueKeys",
  replacingBy(() => []),
)
export const noSweep = replacing(
  Cell.prototype,
  "poke",
  replacingBy(() => Promise.resolve()),
)
export const noLookup = replacing(
  Outside.prototype,
  "wrap",
  (wrap) =>
    function (this: unknown, ...values) {
      const performer = wrap.apply(this, values) as { perform: unknown }
      return { ...performer, lookup: () => Promise.resolve(undefined) }
    },
)

export const keyPerTry = replacing(
  Outside.prototype,
  "wrap",
  (wrap) =>
    function (this: unknown, ...values) {
      const performer = wrap.apply(this, values) as Record<
        "perform" | "lookup",
        (input: never, context: object) => unknown
      >
      const renamed = (context: object): object => {
        const { key, attempt } = context as { key: string; attempt: number }
        return { ...context, key: `${key}/${attempt}` }
      }
      return {
        perform: (input: never, context: object) => performer.perform(input, renamed(context)),
        lookup: (input: never, context: object) => performer.lookup(input, renamed(context)),
      }
    },
)

export const uncertainIsOver = replacing(
  Outside.prototype,
  "wrap",
  (wrap) =>
    function (this: unknown, ...values) {
      const performer = wrap.apply(this, values) as Record<"perform" | "lookup", (...all: never[]) => Promise<unknown>>
      const perform = (...asked: never[]): Promise<unknown> =>
        performer.perform(...asked).catch((error: unknown) => {
          if (error instanceof UncertainFailure)
            return { outcome: "declined", code: "CARD_DECLINED", reason: "no answer" }
          throw error
        })
      return { ...performer, perform }
    },
)
