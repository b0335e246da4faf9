/** The table of the choreography's mutants: which defence is missing, and under which faults that must be noticed. */
import { Core } from "../../../choreography/core.ts"
import { Outgoing } from "../../../choreography/outgoing.ts"
import { Receiver } from "../../../choreography/receive.ts"
import { Store } from "../../../choreography/store.ts"
import { Disk } from "../platform/disk.ts"
import { Queue } from "../platform/queue.ts"
import { Sweep } from "../platform/sweep.ts"
import {
  nothing,
  forgets,
  receivesAsNext,
  owes,
  receivedByPosition,
  sentIsReceived,
  alarmServesNobody,
  noSweep,
  noLookup,
  keyPerTry,
  uncertainIsOver,
} from "./engine.ts"
import { all, type Mutant, replacing } from "./mutant.ts"

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
    without: "modesty and content: a receipt covers one position more",
    scenario: transfers,
    faults: ["lostSend", "reorder"],
    patch: all(
      receivedByPosition,
      owes((receipt) => ({ ...receipt, upTo: receipt.upTo + 1 })),
    ),
  },
  {
    name: "receipts-early-as-all",
    without: "gaps and content in receipts: early events cover what is missing",
    scenario: transfers,
    faults: ["lostSend", "reorder"],
    patch: all(
      receivedByPosition,
      owes((receipt) => ({ ...receipt, upTo: Math.max(receipt.upTo, ...receipt.early) })),
    ),
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
    name: "rounds-without-own",
    without: "looking after the alarm of the monitor itself",
    scenario: orders,
    faults: ["alarmLost", "alarmExhausted"],
    seeds: 200,
    patch: replacing(
      Sweep.prototype,
      "poke",
      (poke) =>
        function (this: unknown, ...values) {
          return String(values[0]) === "Monitor" ? Promise.resolve() : poke.apply(this, values)
        },
    ),
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
