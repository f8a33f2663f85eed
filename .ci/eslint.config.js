// What a reviewer should not have to look for: promises that nobody awaits, values of unknown type, imports
// that point the wrong way, and a line that runs off the page.
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'
import importRules from './import-rules.js'

export default defineConfig(
  { ignores: ['build/', 'node_modules/', '.ci/', '.data/', '.tap/'] },
  {
    files: ['src/**/*.{ts,tsx}', 'test/**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { imports: importRules },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: process.cwd() } },
    rules: {
      'imports/inward': 'error',
      'max-len': ['error', { code: 120, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true }],
      semi: ['error', 'never', { beforeStatementContinuationChars: 'always' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers and bigints read well in a sentence.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowNever: true }],
      // Our objects are made by factories and hold closures; there is no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      // Fastify's plugins and handlers, and adapters of one shape, are async by contract.
      '@typescript-eslint/require-await': 'off',
    },
  },
  // Written by test/support/generate-tables.ts.
  { files: ['src/db/tables.ts'], rules: { 'max-lines': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 450, skipBlankLines: true }],
      // tap's subtests return a promise that the parent already awaits.
      '@typescript-eslint/no-floating-promises': ['error', {
        allowForKnownSafePromises: [{ from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' }],
      }],
    },
  },
)
