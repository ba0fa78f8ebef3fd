/** For the tests of every module with a database: a real PostgreSQL. */
@NullMarked
package dev.tribunal.contracts.testing;

import org.jspecify.annotations.NullMarked;
