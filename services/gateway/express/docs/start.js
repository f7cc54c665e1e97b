/* global SwaggerUIBundle, window */
window.addEventListener('load', () => {
  SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null, tryItOutEnabled: true });
});
