/** Defences of the choreography, switched off one by one, and together where one hides another's absence. */
import { Cell } from "../../../choreography/cell.ts"
import { Core } from "../../../choreography/core.ts"
import { UncertainFailure } from "../../../choreography/errors.ts"
import { Outgoing } from "../../../choreography/outgoing.ts"
import { Receiver } from "../../../choreography/receive.ts"
import { Store, type StoredThread } from "../../../choreography/store.ts"
import type { Thread } from "../../../choreography/thread.ts"
import type { Delivery, Receipt } from "../../../choreography/wire.ts"
import type { Work } from "../../../choreography/work.ts"
import { Disk } from "../platform/disk.ts"
import { Instance } from "../platform/instance.ts"
import { Outside } from "../platform/outside.ts"
import { Queue } from "../platform/queue.ts"
import { all, type Method, type Mutant, replacing } from "./mutant.ts"

const nothing = replacingBy(() => undefined)

function replacingBy(by: () => unknown): (original: Method) => Method {
  return () => by
}

/** Changes what is read from the rows. */
function forgets(part: (thread: Thread) => void): () => () => void {
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
function receivesAsNext(when: (upTo: number, position: number) => boolean): () => () => void {
  return replacing(
    Receiver.prototype,
    "receive",
    (receive) =>
      function (this: unknown, ...values) {
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

function owes(change: (receipt: Receipt) => Receipt): () => () => void {
  return replacing(
    Outgoing.prototype,
    "owe",
    (owe) =>
      function (this: unknown, ...values) {
        const [key, receipt] = values as unknown as [string, Receipt]
        return owe.call(this, ...([key, change(receipt)] as never[]))
      },
  )
}

/** What was sent is taken for received: the sender tells itself so. */
const sentIsReceived = replacing(
  Instance.prototype,
  "send",
  (send) =>
    async function (this: unknown, ...values) {
      await send.apply(this, values)
      // The method's own `this` and arguments.
      const instance = this as Instance
      const bundles = values[1] as unknown as readonly string[]
      if (!instance.isAlive) return
      for (const bundle of bundles) {
        for (const { stream, target, position } of JSON.parse(bundle) as Delivery[]) {
          const early = [position]
          instance.cell.receipts([{ stream, reader: target, upTo: 0, early, parked: [], hashes: [] }])
        }
      }
      instance.host.commit(instance)
    },
)

const alarmServesNobody = replacing(
  Store.prototype,
  "dueKeys",
  replacingBy(() => []),
)
const noSweep = replacing(
  Cell.prototype,
  "poke",
  replacingBy(() => Promise.resolve()),
)
const noLookup = replacing(
  Outside.prototype,
  "wrap",
  (wrap) =>
    function (this: unknown, ...values) {
      const performer = wrap.apply(this, values) as { perform: unknown }
      return { ...performer, lookup: () => Promise.resolve(undefined) }
    },
)

const keyPerTry = replacing(
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

const uncertainIsOver = replacing(
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

const transfers = "transfers"
const orders = "orders"

export const engineMutants: readonly Mutant[] = [
  {
    name: "inbox",
    without: "the inbox: every copy is applied",
    scenario: transfers,
    faults: ["duplicate"],
    patch: receivesAsNext((upTo, position) => position <= upTo),
  },
  {
    name: "inbox-orders",
    without: "the inbox, under the order saga",
    scenario: orders,
    faults: ["duplicate"],
    patch: receivesAsNext((upTo, position) => position <= upTo),
  },
  {
    name: "order",
    without: "order: early events are applied at once",
    scenario: transfers,
    faults: ["reorder", "lostSend"],
    patch: receivesAsNext((upTo, position) => position > upTo + 1),
  },
  {
    name: "inbox+order",
    without: "inbox and order",
    scenario: orders,
    faults: ["duplicate", "reorder"],
    patch: receivesAsNext(() => true),
  },
  {
    name: "receipts-as-sent",
    without: "receipts: what was sent counts as received",
    scenario: transfers,
    faults: ["lostSend"],
    patch: sentIsReceived,
  },
  {
    name: "receipts-as-sent-orders",
    without: "receipts, under the order saga",
    scenario: orders,
    faults: ["lostSend"],
    patch: sentIsReceived,
  },
  {
    name: "no-receipts",
    without: "receipts altogether: nothing is ever done",
    scenario: transfers,
    faults: [],
    patch: replacing(Outgoing.prototype, "owe", nothing),
  },
  {
    name: "receipts-too-far",
    without: "modesty: a receipt covers one position more",
    scenario: transfers,
    faults: ["lostSend", "reorder"],
    patch: owes((receipt) => ({ ...receipt, upTo: receipt.upTo + 1 })),
  },
  {
    name: "receipts-early-as-all",
    without: "gaps in receipts: early events cover what is missing",
    scenario: transfers,
    faults: ["lostSend", "reorder"],
    patch: owes((receipt) => ({ ...receipt, upTo: Math.max(receipt.upTo, ...receipt.early) })),
  },
  {
    name: "no-resend",
    without: "re-sending: alarms serve nobody",
    scenario: transfers,
    faults: ["lostSend", "sendFails"],
    patch: alarmServesNobody,
  },
  {
    name: "no-resend-orders",
    without: "alarms' work, under the order saga",
    scenario: orders,
    faults: ["lostSend"],
    patch: alarmServesNobody,
  },
  {
    name: "no-requeue+no-resend",
    without: "requeueing and re-sending",
    scenario: transfers,
    faults: ["resetBefore", "overloaded"],
    patch: all(
      alarmServesNobody,
      replacing(
        Queue.prototype,
        "put",
        (put) =>
          function (this: unknown, ...values) {
            return Number(String(values[1])) > 0 ? undefined : put.apply(this, values)
          },
      ),
    ),
  },
  {
    name: "no-alarm",
    without: "the alarm in the transaction",
    scenario: transfers,
    faults: [],
    patch: replacing(Disk.prototype, "setAlarm", nothing),
  },
  { name: "no-sweep", without: "the sweep", scenario: transfers, faults: ["alarmLost", "lostSend"], patch: noSweep },
  {
    name: "no-sweep-orders",
    without: "the sweep, under the order saga",
    scenario: orders,
    faults: ["alarmLost", "alarmExhausted"],
    patch: noSweep,
  },
  {
    name: "memory-after-failure",
    without: "throwing memory away after a failed commit",
    scenario: transfers,
    faults: ["storageFails"],
    patch: replacing(Core.prototype, "forget", nothing),
  },
  {
    name: "outbox-in-memory",
    without: "outbox rows: only memory has them",
    scenario: transfers,
    faults: ["kill", "evict", "lostSend"],
    patch: forgets((thread) => {
      thread.events = {}
    }),
  },
  {
    name: "effects-in-memory",
    without: "effect rows: only memory has them",
    scenario: transfers,
    faults: ["kill", "crashAroundEffect", "evict"],
    patch: forgets((thread) => {
      thread.effects = []
    }),
  },
  {
    name: "timers-in-memory",
    without: "timer rows: only memory has them",
    scenario: orders,
    faults: ["kill", "evict", "crashAfterCommit"],
    patch: forgets((thread) => {
      thread.timers = {}
    }),
  },
  {
    name: "inbox-in-memory",
    without: "inbox rows: only memory has them",
    scenario: transfers,
    faults: ["kill", "evict", "duplicate"],
    patch: forgets((thread) => {
      thread.ins = {}
    }),
  },
  {
    name: "state-in-memory",
    without: "the state's row: only memory has it",
    scenario: transfers,
    faults: ["kill", "evict"],
    patch: forgets((thread) => {
      thread.state = null
    }),
  },
  {
    name: "torn-commit",
    without: "one transaction: shared rows are left out",
    scenario: orders,
    faults: [],
    patch: replacing(Store.prototype, "share", nothing),
  },
  {
    name: "no-letters",
    without: "dead letters: what is parked is gone",
    scenario: orders,
    faults: ["poison"],
    patch: replacing(Store.prototype, "file", nothing),
  },
  {
    name: "no-version-wait",
    without: "waiting for a newer build",
    scenario: transfers,
    faults: ["newerVersion"],
    patch: replacing(
      Receiver.prototype,
      "understand",
      (understand) =>
        function (this: unknown, ...values) {
          const understood = understand.apply(this, values)
          return understood === "newer" ? { parked: "newer" } : understood
        },
    ),
  },
  {
    name: "no-lookup+keys-forgotten",
    without: "looking up before trying again, at a provider that forgets keys",
    scenario: orders,
    faults: ["gatewayAnswerLost", "gatewayHangs", "keysForgotten"],
    patch: noLookup,
  },
  {
    name: "key-per-try",
    without: "one key for all tries",
    scenario: orders,
    faults: ["gatewayAnswerLost", "gatewayHangs"],
    patch: all(noLookup, keyPerTry),
  },
  {
    name: "uncertain-is-no",
    without: "unknown outcomes: no answer is a no",
    scenario: orders,
    faults: ["gatewayAnswerLost"],
    patch: uncertainIsOver,
  },
]
