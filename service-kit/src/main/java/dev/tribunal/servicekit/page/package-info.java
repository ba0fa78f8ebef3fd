/**
 * Lists page by page. Input: a cursor and a limit as clients send them; output: a page and the next cursor, or the mistake in
 * the query.
 */
@NullMarked
package dev.tribunal.servicekit.page;

import org.jspecify.annotations.NullMarked;
