/**
 * The door of the choreography for other projects: events that take effect exactly once, between keys that live in cells.
 * It needs no platform; `cloudflare.ts` beside it is the door to Cloudflare's.
 */

// What is said: events in versions, and the envelope in which they travel.
export { event, find, newestVersion, read, typesOf } from "../events/definition.ts"
export type { Catalog, DataOf, EventDefinition, EventOptions, Problem, Reading, TypeOf } from "../events/definition.ts"
export { dataschema, deadlineOf, envelope, versionOf } from "../events/envelope.ts"
export type { Envelope } from "../events/envelope.ts"

// Who says and hears it.
export { choreography } from "./dollar.ts"
export type { Asks, Dollar, Heard, ServiceOf, ServiceOptions, Settled, Shape, Undelivered } from "./dollar.ts"
export { registry } from "./service.ts"
export type { PerformContext, Performer, Placement, Registry, Service } from "./service.ts"
export { spread } from "./placement.ts"
export type { Outcome } from "./thread.ts"

// What may go wrong, named by what happens next.
export { InvariantViolation, PoisonEvent, TerminalFailure, TransientFailure, UncertainFailure } from "./errors.ts"
export { invariant, messageOf } from "./errors.ts"

// What runs it.
export { Cell } from "./cell.ts"
export type { CellOptions } from "./core.ts"
export { client } from "./client.ts"
export type { AskStub, Client } from "./client.ts"
export { consume } from "./consumer.ts"
export type { ConsumerPorts, Message } from "./consumer.ts"
export type { CellStub, DeliverResult, LogLine, Platform, Point, SqlRow, SqlValue, Storage } from "./platform.ts"
export { defaults } from "./settings.ts"
export type { ChoreographySettings } from "./settings.ts"
export type { Delivery, Receipt } from "./wire.ts"

// What a person sees of it, and does about it.
export { asyncapi } from "./asyncapi.ts"
export type { AsyncApi, AsyncApiOptions } from "./asyncapi.ts"
export type { Explanation } from "./explain.ts"
export { Office } from "./office.ts"
export type { CellName, LetterList, LetterQuery, Tally } from "./office.ts"
export type { Vitals } from "./vitals.ts"
