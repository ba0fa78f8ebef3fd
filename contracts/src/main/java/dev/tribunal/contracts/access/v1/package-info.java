/** Who may use the platform: named access tokens with their roles, who a caller is, and the log of what callers changed. */
@NullMarked
package dev.tribunal.contracts.access.v1;

import org.jspecify.annotations.NullMarked;
