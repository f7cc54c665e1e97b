import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Folders that may touch the world: each is named for what it adapts. Everything else goes through ports. */
const adapters = [
  '**/postgres/**', '**/system/**', '**/express/**', '**/undici/**', '**/jose/**', '**/kafka/**', '**/rabbitmq/**', '**/main.ts',
  'packages/process/**', 'platform/{embedded,compose,cli,console,lab}/**', 'bench/**', 'e2e/**', 'test/**', '**/*.test.ts', '**/*.contract.ts', '**/contract/**', '*.js',
];

const world = 'goes through a port (Clock, Random, Http, …): only adapters and main.ts touch the world';

export default tseslint.config(
  { ignores: ['node_modules/', '.tradewind/', '.cache/', 'bench/node_modules/', 'docs/'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/only-throw-error': 'error',
    },
  },
  {
    languageOptions: { globals: { process: 'readonly', console: 'readonly', globalThis: 'readonly' } },
    rules: {
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'no-undef': 'off',
      'no-restricted-syntax': ['error',
        { selector: 'TSAsExpression > TSAsExpression[typeAnnotation.type="TSUnknownKeyword"]', message: 'no `as unknown as`' },
        { selector: 'ExportAllDeclaration', message: 'no barrels: import from where it lives' }],
    },
  },
  {
    files: ['**/*.test.ts', '**/*.contract.ts', '**/contract/**', 'test/**', 'e2e/**'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['packages/**/*.ts', 'services/**/*.ts', 'platform/simulation/**/*.ts'],
    ignores: adapters,
    rules: {
      'no-restricted-globals': ['error', ...['setTimeout', 'setInterval', 'setImmediate', 'fetch', 'performance', 'WebSocket']
        .map((name) => ({ name, message: world }))],
      'no-restricted-properties': ['error',
        { object: 'Date', property: 'now', message: world }, { object: 'Math', property: 'random', message: world },
        { object: 'AbortSignal', property: 'timeout', message: world }, { object: 'process', property: 'env', message: 'configuration is read in main.ts' },
        { property: 'randomUUID', message: world }],
      'no-restricted-imports': ['error', { patterns: [{
        group: ['node:net', 'node:http', 'node:https', 'node:tls', 'node:timers*', 'node:fs*', 'node:child_process', 'node:perf_hooks', 'pg', 'undici', 'express', 'jose', 'amqplib'],
        message: world, allowTypeImports: true,
      }] }],
      'no-restricted-syntax': ['error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: world },
        { selector: 'TSAsExpression > TSAsExpression[typeAnnotation.type="TSUnknownKeyword"]', message: 'no `as unknown as`' },
        { selector: 'ExportAllDeclaration', message: 'no barrels: import from where it lives' }],
    },
  },
  {
    files: ['packages/process/**/*.ts', 'packages/*/{postgres,system,express,undici,jose,kafka,rabbitmq}/**/*.ts', 'services/*/{postgres,system}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'configuration is read in main.ts' }] },
  },
);
