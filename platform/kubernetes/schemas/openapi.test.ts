import { expect, test } from '@jest/globals';
import { schemasOf } from './openapi.ts';

const definitions = {
  'org.Pot': {
    description: 'A pot', type: 'object', required: ['spec'], 'x-kubernetes-group-version-kind': [{ group: 'kitchen.example.org', version: 'v1', kind: 'Pot' }],
    properties: { kind: { type: 'string', description: 'x' }, spec: { $ref: '#/definitions/org.PotSpec', description: 'y' }, status: { $ref: '#/definitions/org.PotStatus' } },
  },
  'org.PotSpec': {
    type: 'object',
    properties: {
      size: { type: 'integer', minimum: 1 }, port: { 'x-kubernetes-int-or-string': true }, weight: { $ref: '#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity' },
      labels: { type: 'object', additionalProperties: { type: 'string' } }, free: { 'x-kubernetes-preserve-unknown-fields': true, type: 'object', properties: { a: { type: 'string' } } },
      lids: { type: 'array', items: { type: 'object', properties: { round: { type: 'boolean' } } } }, inner: { $ref: '#/definitions/org.PotSpec' },
    },
  },
  'org.PotStatus': { type: 'object' },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: 'string' },
};

test('a kind is a file, what it leads to stands beside it once, and what is not named is refused', () => {
  const files = schemasOf({ definitions }, [{ group: 'kitchen.example.org', version: 'v1', kind: 'Pot' }]);
  expect(Object.fromEntries(files)).toEqual({
    'pot-kitchen-v1.json': { $ref: '_definitions.json#/definitions/org.Pot' },
    '_definitions.json': { definitions: {
      'org.Pot': { type: 'object', required: ['spec'], properties: { kind: { type: 'string' }, spec: { $ref: '#/definitions/org.PotSpec' } }, additionalProperties: false },
      'org.PotSpec': {
        type: 'object', additionalProperties: false,
        properties: {
          size: { type: 'integer', minimum: 1 }, port: { type: ['integer', 'string'] }, weight: { $ref: '#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity' },
          labels: { type: 'object', additionalProperties: { type: 'string' } }, free: { type: 'object', properties: { a: { type: 'string' } } },
          lids: { type: 'array', items: { type: 'object', properties: { round: { type: 'boolean' } }, additionalProperties: false } }, inner: { $ref: '#/definitions/org.PotSpec' },
        },
      },
      'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
    } },
  });
});

test('a kind of the core has no group in its name; one that the cluster lacks is named', () => {
  const core = { kind: { type: 'object', 'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Secret' }] } };
  expect([...schemasOf({ definitions: core }, [{ group: '', version: 'v1', kind: 'Secret' }]).keys()]).toEqual(['secret-v1.json', '_definitions.json']);
  expect(() => schemasOf({ definitions }, [{ group: 'apps', version: 'v1', kind: 'Pan' }])).toThrow('the cluster has no Pan of apps/v1');
});
