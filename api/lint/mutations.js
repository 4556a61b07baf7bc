// Broken documents: each entry is a rule and a change of the specification that
// the rule must refuse, followed by what else must refuse it, if anything. What d
// can be asked for is in rules.test.js.
const uuid = {type: 'string', format: 'uuid', minLength: 36, maxLength: 36};
const parameter = (name, schema, rest) => ({name, in: 'query', description: 'One more.', schema, ...rest});

/** theirs are tried under redocly.yaml as it is. */
export const theirs = [
  ['struct', (d) => (d.op('login').deprecated = 'yes')],
  ['no-unresolved-refs', (d) => (d.op('login').responses[200].headers['X-Request-Id'].$ref += 'x')],
  ['operation-operationId', (d) => delete d.op('login').operationId],
  ['operation-operationId-unique', (d) => (d.op('login').operationId = 'getLivez')],
  ['operation-tag-defined', (d) => (d.op('login').tags = ['unheard-of'])],
  ['operation-summary', (d) => delete d.op('login').summary],
  ['operation-description', (d) => delete d.op('login').description],
  ['no-invalid-media-type-examples', (d) => (d.json(d.op('login').requestBody).example = {login: 1, password: 'correct'})],
  ['no-invalid-media-type-examples', (d) => (d.json(d.response('Forbidden'), 'problem+').example.code = 'other')],
  ['no-invalid-schema-examples', (d) => (d.schema('User').example.version = 'one')],
  ['no-invalid-parameter-examples', (d) => (d.op('listUserSessions').parameters[0].example = 'ada')],
  ['no-unused-components', (d) => (d.components.schemas.Spare = {type: 'boolean', description: 'Spare.'})],
  ['no-required-schema-properties-undefined', (d) => (d.schema('Login').not = {required: ['other']})],
  ['nullable-type-sibling', (d) => (d.schema('Grant').properties.user = {description: 'Who.', nullable: true, allOf: [{$ref: '#/components/schemas/User'}]}), 'no-invalid-media-type-examples'],
  ['security-defined', (d) => (d.op('login').security = [{unheardOf: []}])],
  ['request-mime-type', (d) => (d.op('issueToken').requestBody.content = {'application/xml': d.op('issueToken').requestBody.content['application/x-www-form-urlencoded']}), 'latchkey/body-media-type', 'latchkey/body-closed'],
  ['rule/openapi-version', (d) => (d.openapi = '3.0.4')],
  ['rule/summary-no-full-stop', (d) => (d.op('login').summary += '.')],
  ['rule/operation-id', (d) => (d.op('login').operationId = 'Log_in')],
];

/** ours are tried under the plugin's rules alone, which takes a third of the time. */
export const ours = [
  ['latchkey/operation-tag', (d) => (d.op('login').tags = [])],
  ['latchkey/operation-tag', (d) => d.op('login').tags.push('account')],
  ['latchkey/schema-description', (d) => delete d.schema('Login').description],
  ['latchkey/schema-description', (d) => delete d.schema('Login').properties.login.description],
  ['latchkey/schema-description', (d) => delete d.schema('Problem').properties.title.description],
  ['latchkey/parameter-description', (d) => (d.op('listUserSessions').parameters[0].description = ' ')],
  ['latchkey/header-description', (d) => delete d.components.headers.RetryAfter.description],
  ['latchkey/response-description', (d) => (d.op('login').responses[200].description = '')],

  ['latchkey/header-example', (d) => delete d.components.headers.RetryAfter.example],
  ['latchkey/header-example', (d) => (d.components.headers.RetryAfter.example = 172801)],
  ['latchkey/header-example', (d) => (d.components.headers.WWWAuthenticate.example = 'Basic')],
  ['latchkey/body-example', (d) => d.unexampled(d.op('login').requestBody)],
  ['latchkey/body-example', (d) => d.unexampled(d.op('login').responses[200])],
  ['latchkey/body-example', (d) => (d.unexampled(d.op('getLivez').responses[200]), delete d.schema('Health').example)],
  ['latchkey/body-methods', (d) => (d.op('listSessions').requestBody = d.op('login').requestBody), 'latchkey/status-body'],
  ['latchkey/body-closed', (d) => delete d.schema('Login').additionalProperties],
  ['latchkey/body-closed', (d) => (d.schema('TokenRequest').additionalProperties = false)],
  ['latchkey/body-media-type', (d) => (d.op('issueToken').requestBody = d.op('login').requestBody)],

  ['latchkey/status-always', (d) => delete d.op('getLivez').responses[400]],
  ['latchkey/status-always', (d) => delete d.op('login').responses[431]],
  ['latchkey/status-always', (d) => delete d.op('listSessions').responses[500]],
  ['latchkey/status-401', (d) => delete d.op('listSessions').responses[401]],
  ['latchkey/status-401', (d) => delete d.op('issueToken').responses[401]],
  ['latchkey/status-403', (d) => delete d.op('listUserSessions').responses[403]],
  ['latchkey/status-403', (d) => delete d.op('login').responses[403]],
  ['latchkey/status-403', (d) => (d.op('listSessions').responses[403] = d.op('login').responses[403])],
  ['latchkey/status-body', (d) => delete d.op('login').responses[413]],
  ['latchkey/status-body', (d) => delete d.op('issueToken').responses[415]],
  ['latchkey/status-body', (d) => (d.op('getLivez').responses[413] = d.op('login').responses[413])],
  ['latchkey/status-429', (d) => delete d.op('login').responses[429]],
  ['latchkey/status-429', (d) => (d.op('getLivez').responses[429] = d.op('login').responses[429])],
  ['latchkey/status-503', (d) => delete d.op('listSessions').responses[503]],
  ['latchkey/status-503', (d) => delete d.op('login').responses[503]],

  ['latchkey/error-codes', (d) => delete d.op('login')['x-error-codes']],
  ['latchkey/error-codes', (d) => d.op('login')['x-error-codes'].push('invalid_request')],
  ['latchkey/error-codes', (d) => (d.op('issueToken')['x-error-codes'] = ['invalid_request'])],
  ['latchkey/error-document', (d) => (d.response('Forbidden').content = {'application/json': d.json(d.response('Forbidden'), 'problem+')})],
  ['latchkey/error-document', (d) => (d.json(d.response('Forbidden'), 'problem+').schema = {allOf: [{$ref: '#/components/schemas/Problem'}], description: 'Another.'})],
  ['latchkey/error-document', (d) => (d.op('issueToken').responses[403] = d.op('login').responses[403])],
  ['latchkey/error-document', (d) => delete d.response('Forbidden').content],
  ['latchkey/request-id', (d) => delete d.response('Forbidden').headers],
  ['latchkey/request-id', (d) => delete d.op('getLivez').responses[200].headers['X-Request-Id']],
  ['latchkey/retry-after', (d) => delete d.response('RateLimited').headers['Retry-After']],
  ['latchkey/retry-after', (d) => delete d.response('OAuthUnavailable').headers['Retry-After']],
  ['latchkey/www-authenticate', (d) => delete d.response('OAuthInvalidClient').headers['WWW-Authenticate']],
  ['latchkey/ratelimit-headers', (d) => delete d.response('RateLimited').headers['RateLimit-Reset']],

  ['latchkey/request-string', (d) => delete d.schema('Login').properties.login['x-free-text']],
  ['latchkey/request-string', (d) => delete d.schema('CurrentPassword').maxLength],
  ['latchkey/request-string', (d) => (d.op('listSessions').parameters = [parameter('q', {type: 'string', maxLength: 9})])],
  ['latchkey/response-string', (d) => delete d.schema('Grant').properties.access_token.maxLength],
  ['latchkey/response-string', (d) => delete d.components.headers.RequestId.schema.maxLength],
  ['latchkey/pattern-anchored', (d) => (d.schema('RoleName').pattern = '^[a-z]+')],
  ['latchkey/pattern-anchored', (d) => (d.schema('RoleName').pattern = '^[a-z]+|[A-Z]+$')],
  ['latchkey/array-bounded', (d) => delete d.schema('User').properties.roles.maxItems],
  ['latchkey/integer-bounded', (d) => delete d.schema('User').properties.version.maximum],
  ['latchkey/integer-bounded', (d) => delete d.schema('User').properties.version.format],
  ['latchkey/integer-bounded', (d) => (d.schema('User').properties.version.maximum = 2 ** 53)],
  ['latchkey/integer-bounded', (d) => (d.schema('Grant').properties.share = {type: 'number', description: 'How much.'})],

  ['latchkey/no-secret-in-response', (d) => (d.schema('User').properties.password_hash = {...uuid, description: 'No.'})],
  ['latchkey/no-secret-in-response', (d) => (d.schema('Session').properties.tokenHash = {...uuid, description: 'No.'})],
  ['latchkey/security-stated', (d) => delete d.op('login').security],
  ['latchkey/access-with-bearer', (d) => delete d.op('listSessions')['x-access']],
  ['latchkey/access-with-bearer', (d) => (d.op('login')['x-access'] = {person: true})],
  ['latchkey/access-shape', (d) => (d.op('listSessions')['x-access'] = {person: 'yes'})],
  ['latchkey/access-shape', (d) => (d.op('listSessions')['x-access'] = {persons: true})],

  ['latchkey/enum-closed', (d) => (d.schema('Login').properties.transport.description = 'Where to.')],
  ['latchkey/enum-closed', (d) => (d.components.headers.WWWAuthenticate.description = 'How.')],
  ['latchkey/closed-has-enum', (d) => (d.schema('User').properties.username.description += ' A closed set.')],
  ['latchkey/open-set', (d) => (d.schema('RoleName').enum = ['admin', 'user']), 'latchkey/enum-closed'],
  ['latchkey/open-set', (d) => (d.schema('RoleName').description = 'A role.')],
  ['latchkey/open-set', (d) => (d.schema('RoleName')['x-extensible-enum'] = ['admin', 'admin'])],
  ['latchkey/open-set', (d) => (d.schema('RoleName')['x-extensible-enum'] = ['ADMIN'])],
  ['latchkey/known-extensions', (d) => (d.op('login')['x-internal'] = true)],
  ['latchkey/known-extensions', (d) => (d.schema('User').properties.id['x-order'] = 1)],
  ['latchkey/ratelimit-shape', (d) => delete d.op('getLivez')['x-ratelimit']],
  ['latchkey/ratelimit-shape', (d) => (d.op('login')['x-ratelimit'][0].key = 'token')],
  ['latchkey/ratelimit-shape', (d) => (d.op('login')['x-ratelimit'][0].burst = 3)],
  ['latchkey/no-ambiguous-paths', (d) => {
    const get = (id, ...parameters) => ({...structuredClone(d.op('listUserSessions')), operationId: id, parameters});
    const text = parameter('user', {type: 'string', maxLength: 40, 'x-free-text': true}, {in: 'path', required: true});
    d.paths['/admin/users/{user}/others'] = {get: get('one', text)};
    d.paths['/admin/users/all/{user}'] = {get: get('two', text)};
  }],
];
