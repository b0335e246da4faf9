/** What people did by hand in one history, counted: a run in which nobody did something proves nothing about it. */
export const ACTS = [
  "looked, then cancelled",
  "looked, order moved",
  "retry",
  "compensate",
  "accept done",
  "accept done, amount",
  "accept not done",
  "accept not done, amount",
  "extend a clock",
  "fire a clock",
  "cancel a clock",
  "discard a letter",
  "redrive, edited",
  "redrive, nonsense",
  "figures made anew",
] as const

/** A person who is told to wait, since the undo is under way after all: counted, but too rare for every run to have it. */
type RareAct = "accept, in flight" | "redrive, forged"

export type Act = (typeof ACTS)[number] | RareAct

export class Acts {
  readonly counts = new Map<Act, number>()

  did(act: Act): void {
    this.counts.set(act, (this.counts.get(act) ?? 0) + 1)
  }
}
