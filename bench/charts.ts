/** Charts as plain SVG: bars with the spread of their rounds, and a line. */
import { median } from "./statistics.ts"

interface Bar {
  readonly name: string
  readonly samples: readonly number[]
}

const WIDTH = 640
const HEIGHT = 320
const MARGIN = { top: 40, right: 20, bottom: 40, left: 60 }
const COLOURS = ["#1f6feb", "#8b949e", "#d29922", "#2da44e", "#a371f7"]
const TICKS = 5

export function bars(title: string, unit: string, all: readonly Bar[]): string {
  const top = niceTop(Math.max(...all.flatMap(({ samples }) => samples)))
  const step = (WIDTH - MARGIN.left - MARGIN.right) / all.length
  const drawn = all.map(({ name, samples }, index) => {
    const x = MARGIN.left + index * step + step * 0.2
    const middle = x + step * 0.3
    const y = scale(median(samples), top)
    const colour = COLOURS[index % COLOURS.length] ?? ""
    const value = String(Math.round(median(samples) * 10) / 10)
    return [
      `<rect x="${x}" y="${y}" width="${step * 0.6}" height="${scale(0, top) - y}" fill="${colour}"/>`,
      line(middle, scale(Math.min(...samples), top), middle, scale(Math.max(...samples), top), "#24292f"),
      text(middle, HEIGHT - MARGIN.bottom + 18, name, "middle"),
      text(x + step * 0.62, y + 4, value, "start"),
    ].join("")
  })
  return frame(title, unit, top, drawn.join(""))
}

interface Point {
  readonly x: number
  readonly y: number
}

export function lineChart(title: string, unit: string, points: readonly Point[]): string {
  const top = niceTop(Math.max(...points.map(({ y }) => y)))
  const right = Math.max(...points.map(({ x }) => x))
  const across = (x: number): number => MARGIN.left + (x / right) * (WIDTH - MARGIN.left - MARGIN.right)
  const path = points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${across(x)} ${scale(y, top)}`).join("")
  const labels = points.map(({ x }) => text(across(x), HEIGHT - MARGIN.bottom + 18, String(x), "middle")).join("")
  const drawn = `<path d="${path}" fill="none" stroke="${COLOURS[0] ?? ""}" stroke-width="2"/>`
  return frame(title, unit, top, drawn + labels)
}

function frame(title: string, unit: string, top: number, content: string): string {
  const ticks = Array.from({ length: TICKS + 1 }, (_unused, index) => (top * index) / TICKS)
  const grid = ticks.map((value) => {
    const y = scale(value, top)
    const label = String(Number(value.toPrecision(3)))
    return line(MARGIN.left, y, WIDTH - MARGIN.right, y, "#d0d7de") + text(MARGIN.left - 6, y + 4, label, "end")
  })
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`
  const ground = `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`
  const heading = text(MARGIN.left, 20, `${title}, ${unit}`, "start")
  return `${open}${ground}${heading}${grid.join("")}${content}</svg>\n`
}

function scale(value: number, top: number): number {
  return MARGIN.top + (1 - value / top) * (HEIGHT - MARGIN.top - MARGIN.bottom)
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}"/>`
}

function text(x: number, y: number, content: string, anchor: "start" | "middle" | "end"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
}

/** The next of 1, 2, 5, 10, 20, 50, … */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)))
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power
}
