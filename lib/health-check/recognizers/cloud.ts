import type { Recognizer } from '../recognizer.js';
import { userAgentIs } from './user-agent.js';

const isAwsNlb: Recognizer['is'] = ({ proxyHeader: header }) =>
  header !== null && header.command === 'local' && header.length === 100 && `${header.tlvTypes}` === '3,4';

/** TCP checks that send nothing, whichever close they end with. */
const isBare: Recognizer['is'] = ({ style }) => style === 'no_data' || style === 'no_data_reset';

/** Google's probers: 35.191.0.0/16 and 130.211.0.0/22. */
const OF_GOOGLE = /^(?:35\.191|130\.211\.[0-3])\./;

/** The address of all Azure probes, in every region. */
const OF_AZURE = '168.63.129.16';

/**
 * The health checks of cloud load balancers.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
 * @see https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview
 * @see https://cloud.google.com/load-balancing/docs/health-check-concepts
 */
export const CLOUD: readonly Recognizer[] = [
  {
    what: 'aws_nlb',
    detail: 'an AWS Network Load Balancer that checks with PROXY v2 LOCAL',
    confidence: 'certain',
    advice:
      'Set `proxyProtocol.accept: accept` for this proxy, or turn `proxy_protocol_v2.enabled` off in the attributes of the target group',
    isSignature: true,
    is: (evidence, text) => isAwsNlb(evidence, text) && evidence.proxyHeader?.isAccepted === false,
  },
  {
    what: 'aws_nlb',
    detail: 'an AWS Network Load Balancer that checks with PROXY v2 LOCAL',
    confidence: 'certain',
    advice: null,
    isSignature: true,
    is: isAwsNlb,
  },
  {
    what: 'aws_elb',
    detail: 'an AWS load balancer with an HTTP health check',
    confidence: 'certain',
    advice:
      'Change the health check to TCP: `aws elbv2 modify-target-group --health-check-protocol TCP`, or for a Classic Load Balancer `aws elb configure-health-check --health-check Target=TCP:5672,...`',
    isSignature: true,
    is: userAgentIs('ELB-HealthChecker/'),
  },
  {
    what: 'aws_route53',
    detail: 'a Route 53 health check over HTTP',
    confidence: 'certain',
    advice: 'Create a health check with `Type=TCP`: the type of an existing one cannot be changed',
    isSignature: true,
    is: userAgentIs('Amazon-Route53-Health-Check-Service'),
  },
  {
    what: 'azure_load_balancer',
    detail: 'an Azure Load Balancer with an HTTP probe',
    confidence: 'certain',
    advice: 'Change the probe to TCP: `az network lb probe update --protocol Tcp --port 5672 ...`',
    isSignature: true,
    is: userAgentIs('Load Balancer Agent'),
  },
  {
    what: 'azure_load_balancer',
    detail: 'an Azure Load Balancer with a TCP probe, by its address',
    confidence: 'likely',
    advice: null,
    is: (evidence, text) => evidence.source === OF_AZURE && isBare(evidence, text),
  },
  {
    what: 'gcp_health_check',
    detail: 'a Google Cloud health check over HTTP',
    confidence: 'certain',
    advice:
      'Replace it with a TCP health check without a request: `gcloud compute health-checks create tcp NAME --port=5672`',
    isSignature: true,
    is: userAgentIs('GoogleHC/'),
  },
  {
    what: 'gcp_health_check',
    detail: 'a Google Cloud health check over TCP, by its address',
    confidence: 'likely',
    advice: null,
    is: (evidence, text) => isBare(evidence, text) && evidence.source !== null && OF_GOOGLE.test(evidence.source),
  },
];
