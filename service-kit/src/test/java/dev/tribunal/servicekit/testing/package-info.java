/** For the tests of other modules: a real PostgreSQL, recorded servers, and the contract of settings. */
@NullMarked
package dev.tribunal.servicekit.testing;

import org.jspecify.annotations.NullMarked;
