import { describePlantedFaults } from './planted-fault.conformance.ts';

describePlantedFaults(1000);
