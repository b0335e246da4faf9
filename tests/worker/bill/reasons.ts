/** Why a row is written, and whether it could go: who adds a row says so here. */
export interface Reason {
  readonly why: string
  readonly couldGo: string
}

interface Rule extends Reason {
  /** Of the statement, and of what its object was doing. */
  readonly statement: RegExp
  readonly doing?: RegExp
}

/** The first that fits. */
const RULES: readonly Rule[] = [
  {
    statement: /^insert threads/,
    why: "the key's row comes to be: state, inbox, outbox, effects, timers and journal in one; another row is its entry in the index of due times",
    couldGo: "no; the index entry could, if cells kept due times in memory and one shared row",
  },
  {
    statement: /^update threads .*\bdue\b/,
    why: "nothing is due any more, or something earlier: the key's entry in the index moves, and with it its row",
    couldGo: "yes, by writing it with a commit that happens anyway",
  },
  {
    statement: /^update threads/,
    doing: /^receipts/,
    why: "what was received leaves the outbox of the key",
    couldGo: "yes, by riding on the key's next commit, or by leaving it to one sweep per cell",
  },
  {
    statement: /^update threads/,
    doing: /^answer of an effect/,
    why: "the world's answer and what follows from it: state, journal, outbox",
    couldGo: "no: the intent must be stored before the call, and the answer after it",
  },
  {
    statement: /^update threads/,
    why: "the key hears, decides and speaks: state, inbox, journal, outbox",
    couldGo: "only by hearing more at once",
  },
  {
    statement: /^insert shared/,
    why: "a row that keys share: the level of a SKU when units are held, the order of a tracking number that doesn't name it",
    couldGo: "a level no, and it is written once; a tracking number that names its order has none",
  },
  {
    statement: /^setAlarm/,
    doing: /^alarm/,
    why: "the next alarm, set before the work is done",
    couldGo: "one of two, when nothing can fail in between",
  },
  {
    statement: /^setAlarm/,
    why: "the object had no alarm, or a later one, and now owes work",
    couldGo: "alone no; under load the cells share it",
  },
  {
    statement: /^insert meta/,
    why: "retention's cursor and next time, a cell at a time",
    couldGo: "it is a few rows a day",
  },
  {
    statement: /journal/,
    why: "a page of a journal that outgrew its row",
    couldGo: "no; no order without trouble has one",
  },
  { statement: /letters/, why: "a dead letter", couldGo: "no; no order without trouble has one" },
]

export function reasonFor(statement: string, doing: string): Reason | undefined {
  return RULES.find((rule) => rule.statement.test(statement) && (rule.doing?.test(doing) ?? true))
}
