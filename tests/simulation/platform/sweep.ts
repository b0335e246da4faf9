/**
 * The sweep, as a stand-in for whoever sweeps: it knows no saga, it pokes cells. Where alarms are in place it finds
 * nothing, so it is run where one is lost, and now and then for nothing.
 */
import type { Host } from "./host.ts"
import type { World } from "./world.ts"

const SWEEP_WITHIN_MS = 60_000

export class Sweep {
  /** False where the scenario has somebody of its own who goes the rounds. */
  isOn = true
  readonly #world: World
  #isDue = false

  constructor(world: World) {
    this.#world = world
  }

  all(): void {
    if (this.isOn) this.#visit(() => true)
  }

  /** An alarm is lost. */
  soon(): void {
    if (this.#isDue || !this.isOn) return
    this.#isDue = true
    const { agenda, random } = this.#world
    agenda.after(random.between(0, SWEEP_WITHIN_MS), "sweep", () => {
      this.#isDue = false
      this.#visit((host) => host.robbed)
    })
  }

  #visit(wants: (host: Host) => boolean): void {
    for (const host of this.#world.hosts) {
      if (!wants(host)) continue
      // One that can't be reached is met again by a later sweep.
      this.poke(host.service.name, host.name).catch(() => {
        if (host.robbed) this.soon()
      })
    }
  }

  poke(service: string, cell: string): Promise<void> {
    return this.#world.call(service, cell, "poke", async (target) => {
      await target.poke()
      this.#world.host(service, cell).robbed = false
    })
  }
}
