/** The routes that are about the shop's API itself. */
import { z } from "@hono/zod-openapi"
import { ROLES } from "../rules.ts"
import type { Description } from "./describe.ts"

const html = { description: "A page.", text: "text/html" } as const
const json = { description: "The document.", text: "application/json" } as const

export const aboutRoutes = {
  "GET /": {
    group: "about",
    summary: "Routes and roles",
    description: "In short; `/openapi.json` has everything.",
    answers: {
      200: {
        description: "What there is, and who may.",
        json: z.object({
          name: z.string(),
          version: z.string(),
          routes: z.array(z.string()),
          roles: z.record(z.string(), z.union([z.literal("public"), z.literal("signed"), z.array(z.enum(ROLES))])),
        }),
      },
    },
    problems: [],
    examples: [{ name: "All", status: 200 }],
  },
  "GET /health": {
    group: "about",
    summary: "Is it well",
    description: "Touches storage.",
    answers: { 200: { description: "It is.", json: z.object({ status: z.string(), version: z.string() }) } },
    problems: [],
    examples: [{ name: "As probed", status: 200 }],
  },
  "GET /openapi.json": {
    group: "about",
    summary: "This API in OpenAPI 3.1",
    description: "Generated from the schemas that check the requests.",
    answers: { 200: json },
    problems: [],
    examples: [{ name: "All of it", status: 200 }],
  },
  "GET /asyncapi.json": {
    group: "about",
    summary: "The events in AsyncAPI 3",
    description: "Who says what, and who hears it.",
    answers: { 200: json },
    problems: [],
    examples: [{ name: "All of it", status: 200 }],
  },
  "GET /docs": {
    group: "about",
    summary: "This API as a page",
    description: "Needs nothing from elsewhere: neither scripts nor fonts.",
    answers: { 200: html },
    problems: [],
    examples: [{ name: "To read", status: 200 }],
  },
  "GET /docs/problems": {
    group: "about",
    summary: "All problems",
    description: "Everything that may be refused, and what to do about it.",
    answers: { 200: html },
    problems: [],
    examples: [{ name: "To read", status: 200 }],
  },
  "GET /docs/problems/:code": {
    group: "about",
    summary: "One problem",
    description: "What a problem's `type` leads to.",
    params: z.object({ code: z.string().openapi({ example: "order_not_found" }) }),
    answers: { 200: html },
    problems: ["page_not_found"],
    examples: [
      { name: "One of them", params: { code: "order_not_found" }, status: 200 },
      { name: "None of them", params: { code: "bad_luck" }, status: 404, code: "page_not_found" },
    ],
  },
} as const satisfies Readonly<Record<string, Description>>
