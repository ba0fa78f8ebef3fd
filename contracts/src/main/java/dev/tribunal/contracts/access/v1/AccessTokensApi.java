package dev.tribunal.contracts.access.v1;

import dev.tribunal.contracts.common.Page;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.DeleteExchange;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;

/**
 * Access tokens. An admin of some namespaces sees and issues only those that are for no others.
 */
public interface AccessTokensApi {

    /**
     * Issues an access token. Its secret is in this answer and nowhere else. A name stays taken when its token is revoked,
     * so that the audit log speaks of one.
     *
     * @param token JSON or YAML
     */
    @PostExchange("/v1/tokens")
    ResponseEntity<IssuedToken> create(@RequestBody String token, @RequestHeader("Content-Type") String contentType);

    /** The access tokens by name, with those that are revoked. */
    @GetExchange("/v1/tokens")
    Page<AccessTokenResource> list(
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", defaultValue = "50") @Min(1) @Max(Page.MAX_LIMIT) @Nullable Integer limit);

    /** An access token. */
    @GetExchange("/v1/tokens/{name}")
    AccessTokenResource get(@PathVariable("name") String name);

    /** Gives an access token another secret, which lets in from now on; the one before does not any more. */
    @PostExchange("/v1/tokens/{name}/rotate")
    IssuedToken rotate(@PathVariable("name") String name);

    /** Revokes an access token for good: it lets nobody in any more, and streams that it has open end. */
    @DeleteExchange("/v1/tokens/{name}")
    void revoke(@PathVariable("name") String name);
}
