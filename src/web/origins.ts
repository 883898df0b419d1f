/** What a page of any origin may send here and read of the answer: what counts is the token, cookies never do. */
export const openToAll = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Content-Location, ETag, Last-Modified, Location, WWW-Authenticate, X-Request-Id',
};
export const preflight = {
  ...openToAll,
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers':
    'Accept, Authorization, Content-Type, DPoP, If-Match, If-Modified-Since, If-None-Exist, If-None-Match, Prefer, X-Requested-With',
  'Access-Control-Max-Age': '600',
};
