/**
 * The simulator proven: each defence of the code is switched off, alone or together with those that hide its absence,
 * and the simulator has to notice. The code itself knows nothing of it: methods are replaced from outside, for as long
 * as one run takes.
 */
import type { Service } from "../../../choreography/service.ts"
import type { Fault } from "../platform/faults.ts"
import type { WorldOptions } from "../platform/world.ts"
import type { Scenario } from "../scenario.ts"

export interface Mutant {
  readonly name: string
  /** What is switched off, in words for the table. */
  readonly without: string
  readonly scenario: "orders" | "transfers"
  readonly faults: readonly Fault[]
  /** Histories until it must be noticed, where what it takes is rare. */
  readonly seeds?: number
  /** Changes the world it runs in; what can't be changed there is patched, and `undo` puts it back. */
  readonly options?: (options: WorldOptions) => WorldOptions
  readonly patch?: () => () => void
}

/** A scenario in another world. */
export function mutated(scenario: Scenario, mutant: Mutant): Scenario {
  const { options } = mutant
  if (options === undefined) return scenario
  return {
    ...scenario,
    options: () => options(scenario.options()),
    begin: (world, sagas) => scenario.begin(world, sagas),
  }
}

export type Method = (this: unknown, ...values: never[]) => unknown

/** Replaces a method of a class for a while. */
export function replacing(owner: object, method: string, by: (original: Method) => Method): () => () => void {
  return () => {
    const original: unknown = Reflect.get(owner, method)
    if (typeof original !== "function") throw new Error(`${method} is no method any more: the mutant has died out`)
    // A method of the class itself, called as it was called before.
    Reflect.set(owner, method, by(original as Method))
    return () => {
      Reflect.set(owner, method, original)
    }
  }
}

/** A service whose listener, outcome handler or timer is replaced. */
export function withService(
  name: string,
  change: (service: Service) => Service,
): (options: WorldOptions) => WorldOptions {
  return (options) => {
    const services = options.services.map((service) => (service.name === name ? change(service) : service))
    if (services.every((service, index) => service === options.services[index])) throw new Error(`no service ${name}`)
    return { ...options, services }
  }
}

/** Several defences at once. */
export function all(...patches: readonly (() => () => void)[]): () => () => void {
  return () => {
    const undos = patches.map((patch) => patch())
    return () => {
      for (const undo of undos) undo()
    }
  }
}
