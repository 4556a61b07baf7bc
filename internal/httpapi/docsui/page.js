// Swagger UI on the document that this very service serves. "Try it out" goes
// to the same origin; the token typed into "Authorize" stays in this tab.
window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#ui',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  showExtensions: true,
  validatorUrl: null,
});
