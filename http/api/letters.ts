/** The routes of the dead letters: events that could not be applied, and a person's hand on them. */
import { z } from "@hono/zod-openapi"
import { discardBody, discardManyBody, redriveBody, redriveManyBody } from "../validation.ts"
import type { Description } from "./describe.ts"
import { count, nextCursor, orderId, page, pageQuery, SAMPLE, time } from "./parts.ts"

const letter = z
  .object({
    id: z.string(),
    orderId: z.string().nullable().openapi({ description: "Null: nobody can read which order it was about." }),
    service: z.string(),
    type: z.string(),
    reason: z.string(),
    attempts: count,
    parkedAt: time,
    verdict: z.string().nullable().openapi({ description: "What a redrive would come to now." }),
    event: z.unknown().openapi({ description: "The event as it was heard." }),
  })
  .openapi("DeadLetter")

const settled = z.object({ id: z.string(), outcome: z.string() })

const tally = {
  matched: count,
  skipped: z.record(z.string(), count).openapi({ description: "How many were left alone, by verdict." }),
  more: z.boolean(),
  nextCursor,
}

const letterParams = z.object({ id: z.string().openapi({ description: "A letter's id.", example: SAMPLE.letter }) })

export const letterRoutes = {
  "GET /dead-letters": {
    group: "dead letters",
    summary: "List dead letters",
    description: "Each with what a redrive would come to.",
    query: z.object({
      ...pageQuery,
      orderId: orderId.optional(),
      service: z.string().optional().openapi({ description: "Who could not apply it.", example: "Payment" }),
      type: z.string().optional().openapi({ description: "Of the event.", example: "Payment.requested" }),
    }),
    answers: { 200: { description: "A page of letters.", json: page(letter) } },
    problems: [],
    examples: [{ name: "Those of one service", given: "a dead letter", query: { service: "Payment" }, status: 200 }],
  },
  "POST /dead-letters/:id/redrive": {
    group: "dead letters",
    summary: "Apply one once more",
    description: "As it is, or with edited data. Redriving twice has the effect of once.",
    params: letterParams,
    body: { schema: redriveBody, isOptional: true },
    answers: { 202: { description: "It was applied.", json: settled } },
    problems: ["dead_letter_not_found", "dead_letter_settled", "redrive_refused"],
    examples: [
      { name: "As it is", given: "a dead letter", params: { id: SAMPLE.letter }, status: 202 },
      { name: "Unknown", params: { id: "nothing" }, status: 404, code: "dead_letter_not_found" },
    ],
  },
  "POST /dead-letters/:id/discard": {
    group: "dead letters",
    summary: "Discard one",
    description: "It will never be applied.",
    params: letterParams,
    body: { schema: discardBody },
    answers: { 200: { description: "It was discarded.", json: settled } },
    problems: ["dead_letter_not_found", "dead_letter_settled"],
    examples: [
      {
        name: "With a reason",
        given: "a dead letter",
        params: { id: SAMPLE.letter },
        body: { reason: "the order was settled by hand" },
        status: 200,
      },
    ],
  },
  "POST /dead-letters/redrive": {
    group: "dead letters",
    summary: "Redrive all that a filter finds",
    description: "Each of those that would apply; one call handles a bounded number and says where the next goes on.",
    body: { schema: redriveManyBody },
    answers: { 202: { description: "How many.", json: z.object({ ...tally, redriven: count }) } },
    problems: [],
    examples: [
      {
        name: "Of one type",
        body: { filter: { service: "Payment", type: "Payment.requested" }, limit: 50 },
        status: 202,
      },
    ],
  },
  "POST /dead-letters/discard": {
    group: "dead letters",
    summary: "Discard all that a filter finds",
    description: "One call handles a bounded number and says where the next goes on.",
    body: { schema: discardManyBody },
    answers: { 202: { description: "How many.", json: z.object({ ...tally, discarded: count }) } },
    problems: [],
    examples: [{ name: "Of one service", body: { filter: { service: "Shipping" }, reason: "a drill" }, status: 202 }],
  },
} as const satisfies Readonly<Record<string, Description>>
