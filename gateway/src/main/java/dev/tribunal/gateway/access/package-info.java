/**
 * Who may do what. Input: every request that is not for open paths. Output: its caller, or 401; then 403 where none of the
 * caller's roles may call the route ({@link dev.tribunal.gateway.access.Rules}), 429 where there are too many requests, and
 * an entry of the audit log for what changes something. Also the API of access tokens and of that log.
 */
@NullMarked
package dev.tribunal.gateway.access;

import org.jspecify.annotations.NullMarked;
