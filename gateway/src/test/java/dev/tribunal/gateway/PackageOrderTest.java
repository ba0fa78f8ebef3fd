package dev.tribunal.gateway;

import dev.tribunal.servicekit.testing.PackageOrder;
import org.junit.jupiter.api.Test;

/** The packages stand in the order in which things flow. */
class PackageOrderTest {

    @Test
    void noPackageKnowsALaterOne() {
        PackageOrder.holds("dev.tribunal.gateway", "openapi", "page", "access", "routing");
    }
}
