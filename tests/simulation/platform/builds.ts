/** The same service as a newer deployment declares it: each of its events has one version more. */
import type { Service } from "../../../choreography/service.ts"
import type { Catalog, EventDefinition } from "../../../events/definition.ts"

const known = new Map<Service, Service>()

export function newer(service: Service): Service {
  const built = known.get(service) ?? { ...service, catalog: lifted(service.catalog) }
  known.set(service, built)
  return built
}

const catalogs = new Map<Catalog, Catalog>()

function lifted(catalog: Catalog): Catalog {
  const built = catalogs.get(catalog) ?? mapped(catalog)
  catalogs.set(catalog, built)
  return built
}

function mapped(catalog: Catalog): Catalog {
  return Object.fromEntries(
    Object.entries(catalog).map(([noun, verbs]) => [
      noun,
      Object.fromEntries(Object.entries(verbs).map(([verb, definition]) => [verb, next(definition)])),
    ]),
  )
}

function next(definition: EventDefinition): EventDefinition {
  return definition.next(definition.schema, (older) => older)
}
