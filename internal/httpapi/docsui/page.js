let loaded = false; // what "Try it out" gets later is shown as it is

// Swagger UI on the document that this very service serves. "Try it out" goes
// to the same origin; a token typed into "Authorize" stays in this tab.
window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#ui',
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  showExtensions: true,
  validatorUrl: null,
  responseInterceptor: (response) => {
    if (new URL(response.url, location).pathname === '/openapi.json' && response.ok && !loaded) {
      loaded = true;
      response.text = JSON.stringify(forPeople(JSON.parse(response.text)));
    }
    return response;
  },
});

// forPeople is the document without what only a generator wants. Swagger UI
// would send the example of each optional parameter: an Idempotency-Key that
// was used, a cursor from elsewhere. As words they are read and not sent.
function forPeople(doc) {
  const named = (kind, of) => (of?.$ref ? doc.components[kind][of.$ref.split('/').pop()] : of);
  const parameters = new Set();
  for (const path of Object.values(doc.paths)) {
    for (const part of [path, ...Object.values(path)]) {
      for (const parameter of part.parameters ?? []) parameters.add(named('parameters', parameter));
      for (const codes of ['x-error-codes', 'x-oauth-errors']) {
        if (part[codes]) part[codes] = part[codes].join(', '); // with spaces, for narrow screens
      }
    }
  }
  for (const parameter of parameters) {
    delete parameter['x-go-name'];
    if (parameter.required) continue;
    const { example, ...schema } = named('schemas', parameter.schema);
    const shown = parameter.example ?? example;
    delete parameter.example;
    parameter.schema = schema;
    if (shown !== undefined) parameter.description = `${parameter.description ?? ''} Example: \`${shown}\`.`;
  }
  return doc;
}
