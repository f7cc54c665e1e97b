/** The arrows of the layout: platform → services → packages; a service never imports another. */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'packages-know-no-services', severity: 'error', from: { path: '^packages/', pathNot: '\\.test\\.ts$|contract' }, to: { path: '^(services|platform|operator)/' } },
    { name: 'services-know-no-platform', severity: 'error', from: { path: '^services/', pathNot: '\\.test\\.ts$' }, to: { path: '^platform/' } },
    { name: 'services-know-no-other-service', severity: 'error', from: { path: '^services/([^/]+)/' }, to: { path: '^services/', pathNot: '^services/$1/' } },
    {
      name: 'domain-is-pure', severity: 'error',
      from: { path: '^services/[^/]+/domain/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^services/[^/]+/domain/', '^packages/events/'] },
    },
    { name: 'sources-need-no-tests', severity: 'error', from: { path: '^(packages|services|platform)/', pathNot: '\\.test\\.ts$|contract' }, to: { path: '^test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules|^bench/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
