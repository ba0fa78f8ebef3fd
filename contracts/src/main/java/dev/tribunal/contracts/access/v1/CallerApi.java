package dev.tribunal.contracts.access.v1;

import org.springframework.web.service.annotation.GetExchange;

/** Who one is. */
public interface CallerApi {

    /** What the platform knows about the token of this request. */
    @GetExchange("/v1/caller")
    CallerResource get();
}
