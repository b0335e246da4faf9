/** What the parts of one cell have in common. A cell is one durable object, or its stand-in; it serves many keys. */
import type { Platform } from "./platform.ts"
import type { Performer, Placement, Registry, Service } from "./service.ts"
import {
  CACHE_KEYS_MAX,
  CACHE_SHARED_MAX,
  type ChoreographySettings,
  DUE_GLANCE_MS,
  RESTING_KEYS_MAX,
} from "./settings.ts"
import type { SpanAttributes } from "./spans.ts"
import type { Store } from "./store.ts"
import { type EffectRow, enter, type Thread } from "./thread.ts"
import { Gauges } from "./vitals.ts"
import type { Start } from "./work.ts"

export interface Loaded {
  readonly key: string
  readonly thread: Thread
  /** What the index says of it; undefined while the row does not exist. */
  due: number | null | undefined
}

export interface CellOptions {
  /** Null when whoever woke the object did not say. */
  readonly name: string | null
  readonly service: Service
  readonly registry: Registry
  readonly platform: Platform
  readonly settings: ChoreographySettings
  readonly serviceSettings: unknown
  readonly performers: Readonly<Record<string, Performer>>
}

export class Core {
  /** Known once the object is awake. */
  name = ""
  readonly service: Service
  readonly registry: Registry
  readonly platform: Platform
  readonly settings: ChoreographySettings
  readonly serviceSettings: unknown
  readonly performers: Readonly<Record<string, Performer>>
  readonly store: Store
  readonly gauges = new Gauges()
  /** Bumped when the object has been restored to an earlier point in time. */
  incarnation = 0
  /** When the object will be woken; null when it won't be. */
  alarmAt: number | null = null
  /** Keys of which memory knows receipts that their rows don't know yet. */
  readonly unwritten = new Set<string>()
  readonly #cache = new Map<string, Loaded>()
  /** Those that have come to their end, or never wait for anything: hardly anything comes after that, and it comes soon. */
  readonly #resting = new Map<string, Loaded>()
  /** Rows that keys share, as they stand; null for one that is not there. */
  readonly #shared = new Map<string, unknown>()
  #left: Start[] = []
  #due = { at: -Infinity, count: 0 }
  readonly #placements = new Map<string, Placement>()

  constructor(options: CellOptions, store: Store) {
    this.service = options.service
    this.registry = options.registry
    this.platform = options.platform
    this.settings = options.settings
    this.serviceSettings = options.serviceSettings
    this.performers = options.performers
    this.store = store
  }

  /** A piece of work that the platform may draw; none of its attributes tells whose order it is about. */
  span<T>(name: string, attributes: SpanAttributes, body: () => T): T {
    const { span } = this.platform
    return span === undefined ? body() : span(`${this.service.name} ${name}`, attributes, body)
  }

  /** Whoever asks often gets the count of a moment ago. */
  dueWithin(now: number, ms: number, limit: number): number {
    const { at, count } = this.#due
    if (now - at < DUE_GLANCE_MS && now >= at) return count
    this.#due = { at: now, count: this.store.countDue(now + ms, limit) }
    return this.#due.count
  }

  /** The commit is the only writer, so what memory has need not be read. */
  load(key: string): Loaded | null {
    const cached = this.#cache.get(key) ?? this.#resting.get(key)
    if (cached !== undefined) return cached
    const stored = this.store.load(key)
    if (stored === null) return null
    const loaded: Loaded = { key, thread: enter(stored.thread, this.incarnation), due: stored.due }
    for (const row of loaded.thread.effects) {
      if (isUntold(row)) this.#left.push({ key, effect: row.id, lookFirst: true })
    }
    if (loaded.thread.closedAt === null) this.remember(loaded)
    else this.rest(loaded)
    return loaded
  }

  /**
   * Calls that a life before this one has begun, and of which it has told nothing. They would be picked up by their clock;
   * but whoever comes by first knows that nobody is making them any more. Making one twice is what its key is for.
   */
  takeLeft(): readonly Start[] {
    const left = this.#left
    this.#left = []
    return left
  }

  /** A look at a key in passing: what is read once need not be kept in memory. */
  peek(key: string): Thread | null {
    const cached = this.#cache.get(key) ?? this.#resting.get(key)
    return cached?.thread ?? this.store.load(key)?.thread ?? null
  }

  /** Whether memory knows that all that the key has said is received. */
  isReceived(key: string): boolean {
    const loaded = this.#cache.get(key) ?? this.#resting.get(key)
    return loaded !== undefined && Object.values(loaded.thread.outs).every(({ rows }) => rows.length === 0)
  }

  remember(loaded: Loaded): void {
    this.#resting.delete(loaded.key)
    keep(this.#cache, loaded.key, loaded, CACHE_KEYS_MAX)
  }

  rest(loaded: Loaded): void {
    this.#cache.delete(loaded.key)
    keep(this.#resting, loaded.key, loaded, RESTING_KEYS_MAX)
  }

  /** Nobody changes what it is given: a row is another value whenever it is written. */
  shared(name: string): unknown {
    const known = this.#shared.get(name)
    if (known !== undefined) return known
    const stored = this.store.shared(name)
    const { recount } = this.service
    const row = stored === null || recount === null ? stored : recount(name, stored, (key) => this.#stateOf(key))
    this.rememberShared(name, row)
    return row
  }

  #stateOf(key: string): unknown {
    return this.peek(key)?.state ?? null
  }

  forgetShared(name: string): void {
    this.#shared.delete(name)
  }

  rememberShared(name: string, value: unknown): void {
    keep(this.#shared, name, value, CACHE_SHARED_MAX)
  }

  /** All that memory has, since all of it is said under another name from now on. */
  reincarnate(incarnation: number): void {
    this.incarnation = incarnation
    this.#cache.clear()
    this.#resting.clear()
    this.#shared.clear()
    this.unwritten.clear()
  }

  /** After a commit that failed: memory is ahead of the rows. */
  forget(key: string): void {
    this.#cache.delete(key)
    this.#resting.delete(key)
    this.unwritten.delete(key)
  }

  placementOf(service: string): Placement | null {
    const known = this.#placements.get(service)
    if (known !== undefined) return known
    const declared = this.registry.services.get(service)
    if (declared === undefined) return null
    // Each service declares what settings it takes; one object serves them all, checked where it is built.
    const placement = declared.placement(this.serviceSettings as never)
    this.#placements.set(service, placement)
    return placement
  }
}

/** The first call is under way as long as nothing is known of it; whatever came after it has its own clock. */
function isUntold({ tries, maybe, outcome, log }: EffectRow): boolean {
  return tries === 0 && maybe && outcome === undefined && log.length === 0
}

/** The last one used stays longest. */
function keep<T>(cache: Map<string, T>, key: string, value: T, most: number): void {
  cache.delete(key)
  cache.set(key, value)
  if (cache.size <= most) return
  const oldest = cache.keys().next()
  if (oldest.done !== true) cache.delete(oldest.value)
}
