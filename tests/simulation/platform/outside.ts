/**
 * The world outside, as bad as it gets: calls that never answer, answers that are lost, effects that did or did not
 * happen, a 500 that is kept under its key, keys that the provider has forgotten. What it really did, it remembers.
 */
import { UncertainFailure } from "../../../choreography/errors.ts"
import type { PerformContext, Performer } from "../../../choreography/service.ts"
import type { World } from "./world.ts"

/** How often the world acted under a key. */
export interface Deed {
  readonly name: string
  readonly firstAt: number
  /** The provider will not know the key for long. */
  readonly isForgotten: boolean
  times: number
}

const ANSWER_MS_MAX = 300
/** As long as a call under way may take to arrive; a provider that forgets sooner would forget what it is doing. */
const KEY_LIFE_MS = 5_000

export class Outside {
  readonly deeds = new Map<string, Deed>()
  readonly #world: World
  readonly #stuck = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  /** Puts the faults between the choreography and a performer that always does as it is told. */
  wrap(name: string, inner: Performer): Performer {
    return {
      perform: (input, context) => this.#perform(name, inner, input, context),
      lookup: (input, context) => this.#lookup(name, inner, input, context),
    }
  }

  #perform(name: string, inner: Performer, input: never, context: PerformContext): Promise<unknown> {
    const { faults, random, agenda } = this.#world
    const where = `${name} ${context.key}`
    if (faults.strike("gatewayStuck", where)) this.#stuck.add(context.key)
    const isStuck = this.#stuck.has(context.key)
    const isLost = faults.strike("gatewayCallLost", where)
    const isAnswerLost = faults.strike("gatewayAnswerLost", where)
    const hangs = faults.strike("gatewayHangs", where)
    return new Promise((resolve, reject) => {
      agenda.after(random.between(1, ANSWER_MS_MAX), `${where} arrives`, () => {
        if (isStuck) reject(new UncertainFailure("500"))
        else if (isLost) this.#loseOrHang(hangs, reject)
        else {
          inner.perform(input, context).then(
            (result) => {
              this.#record(name, context.key)
              if (isAnswerLost || hangs) this.#loseOrHang(hangs, reject)
              else resolve(result)
            },
            (error: unknown) => {
              // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- What was thrown is passed on as it is.
              reject(error)
            },
          )
        }
      })
    })
  }

  #loseOrHang(hangs: boolean, reject: (error: Error) => void): void {
    if (!hangs) reject(new UncertainFailure("no answer"))
  }

  #record(name: string, key: string): void {
    const { agenda, faults } = this.#world
    const known = this.deeds.get(`${name} ${key}`)
    const isForgotten = known === undefined && faults.strike("keysForgotten", key)
    if (known === undefined) this.deeds.set(`${name} ${key}`, { name, firstAt: agenda.now, times: 1, isForgotten })
    else if (known.isForgotten && agenda.now - known.firstAt > KEY_LIFE_MS) known.times += 1
  }

  #lookup(name: string, inner: Performer, input: never, context: PerformContext): Promise<unknown> {
    const { faults, random, agenda } = this.#world
    const where = `look up ${name} ${context.key}`
    const hangs = faults.strike("gatewayHangs", where)
    const fails = faults.strike("gatewayCallLost", where)
    return new Promise((resolve, reject) => {
      agenda.after(random.between(1, ANSWER_MS_MAX), where, () => {
        if (hangs) return
        if (fails) reject(new UncertainFailure("no answer"))
        else inner.lookup(input, context).then(resolve, reject)
      })
    })
  }
}
