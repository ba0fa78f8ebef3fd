package dev.tribunal.judge.sdk;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code tribunal.judge.*} of a judge on the SDK.
 *
 * @param maxBody a request's body is read up to here
 * @param maxInFlight batches judged at once; one more is answered 429
 */
@ConfigurationProperties("tribunal.judge")
record JudgeProperties(
        @DefaultValue("16MB") DataSize maxBody,
        @DefaultValue("64") int maxInFlight) {

    JudgeProperties {
        if (maxBody.toBytes() < 1 || maxInFlight < 1) {
            throw new IllegalStateException("tribunal.judge.max-body is " + maxBody
                    + " and tribunal.judge.max-in-flight " + maxInFlight + "; set both to at least 1");
        }
    }
}
