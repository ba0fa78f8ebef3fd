package dev.tribunal.gateway.access;

import dev.tribunal.contracts.access.v1.CallerApi;
import dev.tribunal.contracts.access.v1.CallerResource;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/caller} */
@RestController
final class CallerController implements CallerApi {

    @Override
    public CallerResource get() {
        CallerAuthentication caller = CallerAuthentication.current();
        Identity identity = caller.identity();
        return new CallerResource(
                identity.name(),
                identity.roles().stream().sorted().toList(),
                identity.namespaces(),
                caller.caller().namespace(),
                identity.expiresAt());
    }
}
