// The style sheets, scripts and fonts of the pages: read once, named by a hash of what is in them, and served by
// ourselves, so that a browser may keep them for ever and nobody else learns who opens a bill.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { projectRoot } from '../db/migrations-dir.js'
import { DomainError } from '../errors.js'

interface Asset {
  url: string
  type: string
  body: Buffer
  /** Fonts are compressed by their own format. */
  compressible: boolean
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.woff2': 'font/woff2',
}

const FONT = '@fontsource/source-sans-3/files/source-sans-3-'
const FONT_FILES = ['latin-400-normal', 'vietnamese-400-normal', 'latin-600-normal', 'vietnamese-600-normal']

const assets = readAssets()
const byUrl = new Map([...assets.values()].map((asset) => [asset.url, asset]))

/** The address of `site.css`, `desk.js`, …; a name that does not exist stops the page at once. */
export function assetUrl(name: string): string {
  const asset = assets.get(name)
  if (asset === undefined) throw new Error(`there is no asset ${name}`)
  return asset.url
}

const compress = promisify(brotliCompress)
const compressed = new Map<string, Promise<Buffer>>()

export function assetRoutes(app: FastifyInstance): void {
  app.get<{ Params: { name: string } }>('/assets/:name', { schema: { hide: true } }, async (request, reply) => {
    const asset = byUrl.get(`/assets/${request.params.name}`)
    if (asset === undefined) throw new DomainError('NOT_FOUND', 'there is no such file')
    void reply.type(asset.type).header('cache-control', 'public, max-age=31536000, immutable')
    if (!asset.compressible) return reply.send(asset.body)
    void reply.header('vary', 'accept-encoding')
    if (!/\bbr\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(asset.body)
    return reply.header('content-encoding', 'br').send(await compressOnce(asset))
  })
}

function compressOnce({ url, body }: Asset): Promise<Buffer> {
  let result = compressed.get(url)
  if (result === undefined) {
    result = compress(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
    compressed.set(url, result)
  }
  return result
}

function readAssets(): Map<string, Asset> {
  const found = new Map<string, Asset>()
  const resolve = createRequire(import.meta.url).resolve
  for (const file of FONT_FILES) {
    const name = `${file}.woff2`
    found.set(name, toAsset(name, readFileSync(resolve(`${FONT}${name}`))))
  }
  // Scripts are compiled beside this file; style sheets stay where they are written.
  for (const [folder, ending] of [
    [path.join(projectRoot, 'src/web/assets'), '.css'], [path.join(import.meta.dirname, 'assets'), '.js'],
  ] as const) {
    for (const name of readdirSync(folder).filter((file) => file.endsWith(ending)).sort()) {
      const text = readFileSync(path.join(folder, name), 'utf8')
      found.set(name, toAsset(name, Buffer.from(finish(text, found))))
    }
  }
  return found
}

/** Puts the hashed names of the fonts in, and leaves out what only a debugger reads. */
function finish(text: string, found: ReadonlyMap<string, Asset>): string {
  return text
    .replace(/url\(([\w-]+\.woff2)\)/g, (_whole, name: string) => {
      const font = found.get(name)
      if (font === undefined) throw new Error(`a style sheet names the unknown font ${name}`)
      return `url(${font.url})`
    })
    .replace(/^\/\/# sourceMappingURL=.*$/m, '')
}

function toAsset(name: string, body: Buffer): Asset {
  const { name: stem, ext } = path.parse(name)
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12)
  const type = TYPES[ext]
  if (type === undefined) throw new Error(`no media type for ${name}`)
  return { url: `/assets/${stem}.${hash}${ext}`, type, body, compressible: ext !== '.woff2' }
}
