// How a workbook is printed: its columns on one page beside each other, and the heading on every page. The library has
// an option for the orientation alone; this is what its hook for features is for. Pure.
import assert from 'node:assert/strict'
import type { Feature, Image } from 'write-excel-file/node'
import { escapeXstring, rowsReference } from './xlsx-text.js'

/** What the library's types call a file, which the types of its features want to know. */
type FileContent = Image['content']

/** For a workbook of one sheet, with its `headRows` repeated. */
export function printOnePageWide(sheetName: string, headRows: number): Feature<FileContent> {
  const titles = `<definedName name="_xlnm.Print_Titles" localSheetId="0">${
    escapeXstring(rowsReference(sheetName, headRows))}</definedName>`
  return {
    files: {
      transform: {
        'xl/worksheets/sheet{id}.xml': {
          // Any number of pages downwards.
          transformElementAttributes: (tag, attributes) =>
            (tag === 'pageSetup' ? { ...attributes, fitToWidth: 1, fitToHeight: 0 } : attributes),
          // First of all in the sheet (ECMA-376 part 1, CT_Worksheet); without it the numbers above mean nothing.
          transform: (xml) => insertAfter(/<worksheet\b[^>]*>/, xml, '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'),
        },
        'xl/workbook.xml': {
          // The option for the name counts its letters, and knows nothing of the notation.
          transformElementAttributes: (tag, attributes) =>
            (tag === 'sheet' ? { ...attributes, name: escapeXstring(String(attributes['name'])) } : attributes),
          transform: (xml) => {
            assert(xml.includes('<definedNames/>'), 'the library leaves the place of the names empty')
            return xml.replace('<definedNames/>', () => `<definedNames>${titles}</definedNames>`)
          },
        },
      },
    },
  }
}

function insertAfter(opening: RegExp, xml: string, markup: string): string {
  assert(opening.test(xml) && !xml.includes('<sheetPr'), 'the library writes no properties of the sheet')
  return xml.replace(opening, (tag) => tag + markup)
}
