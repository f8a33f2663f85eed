// The thread that looks for QR codes in a picture. Pictures come from strangers: the decoder runs as WebAssembly, in
// a thread that is ended when it takes too long, and it is loaded from the package's own file, never from a network.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import type { ReaderOptions } from 'zxing-wasm/reader'

/** What goes back for each picture; null when the decoder could not make sense of the file. */
export type FoundTexts = string[] | null

const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'))
// The package would fetch its code from a content network; with the bytes at hand the name is never asked for.
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer, locateFile: (name: string) => name } })

const CODES_MAX = 4
const READING: ReaderOptions = { formats: ['QRCode'], maxNumberOfSymbols: CODES_MAX, textMode: 'Plain' }
// What a good picture does not need: screens photographed with stripes, paper in bad light.
const HARDER: readonly ReaderOptions[] = [
  READING, { ...READING, tryDenoise: true }, { ...READING, binarizer: 'GlobalHistogram' },
]

parentPort?.on('message', (picture: Uint8Array) => {
  void findTexts(picture).then((texts) => parentPort?.postMessage(texts))
})

async function findTexts(picture: Uint8Array): Promise<FoundTexts> {
  try {
    for (const options of HARDER) {
      const found = await readBarcodes(picture, options)
      // A file that does not unpack comes back as one result that is no code and says so.
      if (found.some(({ isValid }) => !isValid)) return null
      if (found.length > 0) return found.map(({ text }) => text)
    }
    return []
  } catch {
    return null
  }
}
