/** What commands share: the platform's client, files, and how mistakes are told. */
@NullMarked
package dev.tribunal.local.cli.shared;

import org.jspecify.annotations.NullMarked;
