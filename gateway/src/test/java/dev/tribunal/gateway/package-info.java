/** The gateway over real sockets, with stubs for the services. */
@NullMarked
package dev.tribunal.gateway;

import org.jspecify.annotations.NullMarked;
