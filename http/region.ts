/** The region that a caller is near to, as the platform tells it, so that its orders live there. */
import type { Region } from "../domain/orderId.ts"

const continents: Readonly<Record<string, Region>> = {
  NA: "enam",
  SA: "sam",
  EU: "weur",
  AS: "apac",
  OC: "oc",
  AF: "afr",
}

/** Rough halves of two continents that have two regions each. */
const WEST_OF_NORTH_AMERICA = -100
const EAST_OF_EUROPE = 17
const middleEast = new Set(["AE", "BH", "IL", "IQ", "IR", "JO", "KW", "LB", "OM", "PS", "QA", "SA", "SY", "TR", "YE"])

export function regionOf(request: Request): Region {
  // Only requests that came through the platform have it, and nothing of it is promised.
  const place = (request as { readonly cf?: Readonly<Record<string, unknown>> }).cf
  if (place === undefined) return "any"
  if (typeof place["country"] === "string" && middleEast.has(place["country"])) return "me"
  const region = continents[String(place["continent"])] ?? "any"
  const longitude = Number(place["longitude"] ?? NaN)
  if (region === "enam" && longitude < WEST_OF_NORTH_AMERICA) return "wnam"
  return region === "weur" && longitude > EAST_OF_EUROPE ? "eeur" : region
}
