/** `$` over this system's events: every service here is declared with it. */
import { choreography } from "../choreography/dollar.ts"
import { catalog } from "../events/catalog.ts"

export const { service } = choreography(catalog)
