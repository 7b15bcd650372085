/** @import { Settings } from './types.ts' */

const response = await fetch('/.console/settings.json')

/** What the server says of the APIs, once for all. @type {Settings} */
export const settings = await response.json()

/** The APIs' URLs, whole. */
export const apis = /** @type {Settings['apis']} */ (
  Object.fromEntries(Object.entries(settings.apis).map(([name, url]) => [name, new URL(url, location.href).href]))
)

/** Kept in this tab, and nowhere else. */
export const credentials = {
  get apiKey() {
    return sessionStorage.getItem('apiKey') ?? ''
  },
  set apiKey(value) {
    sessionStorage.setItem('apiKey', value)
  },
  get token() {
    return sessionStorage.getItem('token') ?? ''
  },
  set token(value) {
    sessionStorage.setItem('token', value)
  },
}

/** @returns {Record<string, string>} */
export const credentialHeaders = () => ({
  ...(credentials.apiKey && { 'x-api-key': credentials.apiKey }),
  ...(credentials.token && { authorization: `Bearer ${credentials.token}` }),
})
