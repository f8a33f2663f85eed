// The small inputs of test/vectors/faults that were booked wrongly once, with the codes and accounts of a test put in.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { projectRoot } from '../../src/db/migrations-dir.js'

/** `fill` by the name between braces: `{CODE}` becomes `fill.CODE`. Unknown names stay as they are. */
export async function readFault<Shape>(name: string, fill: Readonly<Record<string, string>>): Promise<Shape> {
  const text = await readFile(path.join(projectRoot, 'test/vectors/faults', `${name}.json`), 'utf8')
  return JSON.parse(text.replace(/\{([A-Z0-9_ ]+)\}/g, (whole, key: string) => fill[key] ?? whole)) as Shape
}
