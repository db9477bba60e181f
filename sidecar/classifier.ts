import { grpcClassifier, grpcRetryable } from './classifiers/grpc.ts';
import { httpClassifier } from './classifiers/http.ts';
import type { ClassifierConfig } from './config.ts';
import type { Classifier } from './router/service.ts';

/** The classifier of a service, of either protocol. */
export function classifierOf(config: ClassifierConfig): Classifier {
  switch (config.kind) {
    case 'io.l5d.h2.grpc.default':
    case 'io.l5d.h2.grpc.compliant':
      return grpcClassifier({ successful: config.successStatusCodes, retryable: grpcRetryable.default });
    case 'io.l5d.h2.grpc.alwaysRetryable':
      return grpcClassifier({ successful: config.successStatusCodes, retryable: grpcRetryable.always });
    case 'io.l5d.h2.grpc.neverRetryable':
      return grpcClassifier({ successful: config.successStatusCodes, retryable: grpcRetryable.never });
    case 'io.l5d.h2.grpc.retryableStatusCodes':
      return grpcClassifier({
        successful: config.successStatusCodes,
        retryable: grpcRetryable.these(config.retryableStatusCodes),
      });
    default:
      return httpClassifier(config.kind.replace('.h2.', '.http.'), { honoursRetryable: !config.kind.includes('.h2.') });
  }
}
