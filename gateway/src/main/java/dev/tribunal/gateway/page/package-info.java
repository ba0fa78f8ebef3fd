/** The page of the runs: static files that need no token. Their calls of the API bring it. */
@NullMarked
package dev.tribunal.gateway.page;

import org.jspecify.annotations.NullMarked;
