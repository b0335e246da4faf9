/** The body of every refusal: RFC 9457, with a code of ours. */
import { z } from "@hono/zod-openapi"

export const problem = z
  .object({
    type: z.string().openapi({
      format: "uri-reference",
      description: "The page that explains this problem.",
      example: "/docs/problems/order_not_found",
    }),
    title: z.string().openapi({ description: "The same for every problem of this code.", example: "No such order" }),
    status: z.int().openapi({ example: 404 }),
    detail: z.string().openapi({ description: "What is the matter this time.", example: "There is no such order." }),
    instance: z.string().openapi({ description: "The path that was asked for.", example: "/orders/cust_nobody" }),
    code: z.string().openapi({ description: "Stable; what a program should go by.", example: "order_not_found" }),
    traceId: z.string().openapi({ description: "What the logs know the request by." }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "Each field that is to blame." }),
  })
  .openapi("Problem")

export type ProblemBody = z.output<typeof problem>
