/**
 * Everything on one machine: an embedded PostgreSQL and all services in this JVM, talking real HTTP to each other.
 *
 * <p>Input: a {@link dev.tribunal.local.platform.Home} (the folder that holds all data) and a port. Output: a running
 * {@link dev.tribunal.local.platform.Platform}, whose address and token lie in the home for the command line to find.
 */
@NullMarked
package dev.tribunal.local.platform;

import org.jspecify.annotations.NullMarked;
