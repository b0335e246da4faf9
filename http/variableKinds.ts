/** The kinds of variables: what the text of one may be, and what it is read into. */
import { z } from "zod"
import { isSecret } from "../domain/signature.ts"

export function text(fallback: string, says: string) {
  return z.string().max(4_096, "is too long").default(fallback).describe(says)
}

export function whole(fallback: string, min: number, max: number, says: string) {
  return z
    .string()
    .default(fallback)
    .transform((value, context) => readWhole(value, min, max, context))
    .describe(says)
}

/** A number, or the one word that means there is none; no number is null. */
export function wholeOr(word: string, fallback: string, min: number, max: number, says: string) {
  return z
    .string()
    .default(fallback)
    .transform((value, context) => (value === word ? null : readWhole(value, min, max, context, word)))
    .describe(says)
}

function readWhole(value: string, min: number, max: number, context: z.RefinementCtx<string>, word = ""): number {
  const number = Number(value)
  if (/^\d{1,15}$/.test(value) && number >= min && number <= max) return number
  const either = word === "" ? "" : `\`${word}\` or `
  context.addIssue({ code: "custom", message: `must be ${either}a whole number from ${min} to ${max}` })
  return z.NEVER
}

export function rate(fallback: string, says: string) {
  return z
    .string()
    .regex(/^(0|1|0?\.\d{1,9}|[01]\.0{1,9}|0\.\d{1,9})$/, "must be a number from 0 to 1")
    .default(fallback)
    .transform(Number)
    .describe(says)
}

export function choice<const Words extends readonly [string, ...string[]]>(
  words: Words,
  fallback: Words[number],
  says: string,
) {
  const error = `must be ${words.map((word) => `\`${word}\``).join(" or ")}`
  return z.string().default(fallback).pipe(z.enum(words, { error })).describe(says)
}

export function list(fallback: string, item: RegExp, what: string, says: string) {
  return z
    .string()
    .default(fallback)
    .transform((value, context) => {
      const items = value.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]))
      if (items.every((each) => item.test(each))) return [...new Set(items)]
      context.addIssue({ code: "custom", message: `must be a list of ${what}, with commas between` })
      return z.NEVER
    })
    .describe(says)
}

export function url(says: string) {
  return z
    .string()
    .default("")
    .transform((value, context) => {
      if (value === "") return null
      const isLoopback = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/.test(value)
      if (URL.canParse(value) && (value.startsWith("https://") || isLoopback)) return value.replace(/\/+$/, "")
      context.addIssue({ code: "custom", message: "must be an https URL (http only on loopback)" })
      return z.NEVER
    })
    .describe(says)
}

/** What messages are signed with; never told. */
export function secret(says: string) {
  return z
    .string()
    .max(4_096, "is too long")
    .refine((value) => value === "" || isSecret(value), "must be text, or `whsec_` and base64")
    .default("")
    .describe(says)
}
