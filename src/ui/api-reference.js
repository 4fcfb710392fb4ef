const nothing = () => () => null

/* Shows /openapi.json by Swagger UI, to read only: nobody types a credential into this page. */
window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  defaultModelRendering: 'model',
  defaultModelsExpandDepth: 0,
  supportedSubmitMethods: [],
  plugins: [{ wrapComponents: { authorizeBtn: nothing, authorizeOperationBtn: nothing } }],
  // Their service would be told of our address.
  validatorUrl: null,
})
