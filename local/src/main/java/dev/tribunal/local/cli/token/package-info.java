/** {@code token}: issues, lists, rotates and revokes access tokens, and says who one is. */
@NullMarked
package dev.tribunal.local.cli.token;

import org.jspecify.annotations.NullMarked;
