// Sends a list as a CSV file or a workbook. A file is made whole before its first byte leaves: a list of money that
// was cut off by an error in the middle would look like a complete one.
import type { FastifyReply } from 'fastify'
import { LIMITS } from '../limits.js'
import { openSlots } from '../slots.js'
import { batchesOf } from './batches.js'
import { BYTE_ORDER_MARK, csvLine } from './csv.js'
import { tooLarge } from './table.js'
import type { Table, TableColumn } from './table.js'
import { xlsxFile } from './xlsx.js'

export const TABLE_FORMATS = ['csv', 'xlsx'] as const
export type TableFormat = (typeof TABLE_FORMATS)[number]

export interface TableFile {
  body: Buffer
  contentType: string
  contentDisposition: string
}

const CONTENT_TYPES: Readonly<Record<TableFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

const csvSlots = openSlots({ atOnce: LIMITS.csvExportsAtOnce, waitingMax: LIMITS.csvExportsWaitingMax })

/**
 * The file of a table. CSV carries money and counts as digits, days as `YYYY-MM-DD`, instants as the wall clock in
 * Vietnam, rates in percent with a point; a workbook carries numbers and dates with their format. Throws
 * `EXPORT_TOO_LARGE`; `OVERLOADED` when too many are being made.
 */
export async function tableFile(format: TableFormat, table: Table): Promise<TableFile> {
  return {
    body: format === 'csv' ? await csvSlots.use(() => csvFile(table)) : await xlsxFile(table),
    contentType: CONTENT_TYPES[format],
    contentDisposition: attachment(`${table.fileName}.${format}`),
  }
}

/** Sends a table that names nobody; one that does is sent by `src/web/school-table.ts`, which writes it down. */
export async function sendTable(reply: FastifyReply, format: TableFormat, table: Table): Promise<FastifyReply> {
  return sendFile(reply, await tableFile(format, table))
}

export function sendFile(reply: FastifyReply, { body, contentType, contentDisposition }: TableFile): FastifyReply {
  return reply.type(contentType).header('content-disposition', contentDisposition)
    .header('cache-control', 'no-store').send(body)
}

async function csvFile(table: Table): Promise<Buffer> {
  const chunks = [Buffer.from(BYTE_ORDER_MARK + csvLine(table.columns.map(csvTitle)))]
  let sizeBytes = 0
  for await (const batch of batchesOf(table)) {
    const chunk = Buffer.from(batch.map(csvLine).join(''))
    sizeBytes += chunk.length
    if (sizeBytes > LIMITS.exportBytesMax) throw tooLarge(`the file is larger than ${LIMITS.exportBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A bare number says nothing of its unit. */
function csvTitle({ title, kind }: TableColumn): string {
  return kind === 'rate' && !title.includes('%') ? `${title} (%)` : title
}

/** `Content-Disposition` with the name as it is (RFC 6266, RFC 8187) and, for old programs, its bare letters. */
export function attachment(fileName: string): string {
  const name = fileName.normalize('NFC').replace(/[\p{Cc}\p{Surrogate}\\/:*?"<>|]/gu, '_')
  const ascii = name.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D')
    .replace(/[^\x20-\x7e]|%/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
